"""What every method of test-time adaptation holds."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from suite.contracts import Context, Resources, Setting
from suite.lazy import torch
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.refusal import answered
from suite.tracks.ood.generalization.adaptation import Adapter

SEED, SEVERITY, BATCHES, BATCH, EPOCHS = 0, 0.3, 3, 40, 5


@dataclass(frozen=True)
class ShiftedStream:
    """A trained network with batch norm, test images of a shift in batches, and their labels, which no method sees."""

    network: torch.nn.Module
    batches: tuple[torch.Tensor, ...]
    labels: torch.Tensor

    def predicted(self, method: Adapter, batches: tuple[torch.Tensor, ...], seed: int = SEED) -> list[torch.Tensor]:
        """Return the logits of each batch, as the protocol asks for them."""
        device = str(batches[0].device)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            method.start(copy.deepcopy(self.network).to(device), Context(seed=seed, device=device))
            return [method.predict(batch) for batch in batches]


def turned_digits(resources: Resources) -> ShiftedStream:
    """Return the network of ``ood/digits-severity``, trained for a few epochs, and test images turned by 18 degrees."""
    task: Any = load_registry().tasks["ood/digits-severity"]()
    model, setting = task.model(SEED), task.setting(Setting())
    model = replace(model, recipe=replace(model.recipe, epochs=EPOCHS))
    _, _, test = task.parts(SEED, resources)
    split = task.at(test, SEVERITY, setting)
    pixels = split.pixels(model.transform, resources, slice(BATCHES * BATCH))
    labels = torch.from_numpy(split.targets(resources)[: BATCHES * BATCH])
    return ShiftedStream(model.load(resources), model.transform.normalise(pixels).split(BATCH), labels)


class AdapterContract(MethodContract):
    """Checks of an `Adapter`, on turned digits: override ``method``, and ``changes`` if it has parameters.

    That a sample's prediction is the same in every batch is not among them: it is not, by design.
    """

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> ShiftedStream:
        """Return what `turned_digits` makes."""
        return turned_digits(resources)

    @classmethod
    def tensors(cls, inputs: ShiftedStream) -> Answer:
        """See `MethodContract`; the network that a method gets is a copy, to do with as it likes."""
        return inputs.batches

    @classmethod
    def ask(cls, method: Adapter, inputs: ShiftedStream, seed: int = 0) -> Answer:
        """Start, and return the logits of all batches."""
        return tuple(inputs.predicted(method, inputs.batches, seed))

    def test_logits_are_finite_and_a_row_an_image(self, inputs: ShiftedStream, asked: Asked) -> None:
        """One logit of each class, without a gradient that would keep all batches in memory."""
        for batch, logits in zip(inputs.batches, asked.answer, strict=True):
            assert logits.shape == (len(batch), 10), f"logits of shape {tuple(logits.shape)} for {len(batch)} images"
            assert torch.isfinite(logits).all(), "not all logits are finite"
            assert not logits.requires_grad, "the logits still have their gradient: detach them"

    def test_a_prediction_does_not_wait_for_later_batches(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream, asked: Asked
    ) -> None:
        """What is answered for the first batches is the same whatever follows them."""
        others = (*inputs.batches[:2], *(torch.zeros_like(batch) for batch in inputs.batches[2:]))
        first = inputs.predicted(method(**given), others)[:2]
        for one, other in zip(first, asked.answer[:2], strict=True):
            assert torch.equal(one, other), "a prediction depends on batches that arrive after it"

    def test_predictions_are_in_the_order_of_the_images(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream, asked: Asked
    ) -> None:
        """A batch in another order has the same predictions in that order."""
        turned = tuple(batch.flip(0) for batch in inputs.batches[:1])
        (logits,) = inputs.predicted(method(**given), turned)
        torch.testing.assert_close(logits.flip(0), asked.answer[0], rtol=1e-3, atol=1e-3)

    def test_a_new_stream_begins_anew(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream, asked: Asked
    ) -> None:
        """Whatever stream the method has been through: `start` makes it forget."""
        made = method(**given)
        inputs.predicted(made, tuple(batch.flip(0) for batch in inputs.batches))
        again = inputs.predicted(made, inputs.batches)
        for one, other in zip(again, asked.answer, strict=True):
            assert torch.equal(one, other), "what an earlier stream taught changes a prediction after `start`"

    def test_unusual_batches_are_answered_or_refused(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream
    ) -> None:
        """One image, black images, one image many times: with finite logits, or a ValueError that says why not."""
        image = inputs.batches[0][:1]
        unusual = {
            "one image": image,
            "black images": image.repeat(8, 1, 1, 1) * 0,
            "one, often": image.expand(8, -1, -1, -1),
        }
        for what, batch in unusual.items():
            made = method(**given)
            stream = (batch, batch, inputs.batches[0])
            logits = answered(method, what, lambda: torch.cat(inputs.predicted(made, stream)))  # noqa: B023 - at once
            assert logits is None or bool(torch.isfinite(logits).all()), f"{what}: not all logits are finite"

    def test_a_network_without_batch_norm_is_answered_or_refused(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream
    ) -> None:
        """With finite logits, or with a ValueError that says what the network lacks."""
        size = inputs.batches[0][0].numel()
        plain = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(size, 10)).eval()
        stream = replace(inputs, network=plain)
        logits = answered(method, "no batch norm", lambda: torch.cat(self.ask(method(**given), stream)))
        assert logits is None or bool(torch.isfinite(logits).all())

    def test_it_gives_the_same_logits_on_a_gpu(
        self, method: type[Adapter], given: Mapping[str, Any], inputs: ShiftedStream, asked: Asked
    ) -> None:
        """But for the device's arithmetic, which a long stream would add up: here the first batch."""
        if not torch.cuda.is_available():
            pytest.skip("torch finds no CUDA device")
        (logits,) = inputs.predicted(method(**given), (inputs.batches[0].cuda(),))
        torch.testing.assert_close(logits.cpu(), asked.answer[0], rtol=0.05, atol=1e-2)
