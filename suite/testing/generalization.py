"""What every method holds that trains a network for shifted data, on the digits of ``ood/coloured-digits``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from typing_extensions import override

from suite.contracts import Context, Resources
from suite.lazy import torch
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.refusal import answered
from suite.testing.valueless import until_valued
from suite.tracks.ood import Learner, LearningData
from suite.tracks.ood.generalization.learning import learning_data

SEED = 0
EPOCHS = 5
"""Of the task's recipe, whose twenty take four times as long."""


@dataclass(frozen=True)
class Learnable:
    """What a method may learn from, and the images of two tests, normalised: with its colours, and with others."""

    data: LearningData
    images: torch.Tensor
    shifted: torch.Tensor
    labels: torch.Tensor


def learnable_digits(method: type[Learner], resources: Resources, epochs: int = EPOCHS) -> Learnable:
    """Return what a method gets on ``ood/coloured-digits``, with so many epochs of its recipe."""
    task: Any = load_registry().tasks["ood/coloured-digits"]()
    splits, model = task.splits(SEED, resources, task.setting({})), task.model(SEED)
    images, shifted = (
        model.transform.normalise(split.pixels(model.transform, resources))
        for split in (splits.test, splits.shifted["random"])
    )
    data = learning_data(method, model, splits, resources)
    labels = torch.from_numpy(splits.test.targets(resources))
    return Learnable(replace(data, recipe=replace(data.recipe, epochs=epochs)), images, shifted, labels)


def _other_batch(found: str) -> str:
    return f"the logits of some images depend on which others share their batch\n{found}"


class LearnerContract(MethodContract):
    """Checks of a `Learner`, with five epochs of the task's recipe; shorten its own steps by ``given``."""

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls, method: type[Learner], resources: Resources) -> Learnable:
        """Return the digits of ``ood/coloured-digits``, seed 0."""
        return learnable_digits(method, resources)

    @classmethod
    @override
    def tensors(cls, inputs: Learnable) -> Answer:
        data = inputs.data
        marks = data.groups, data.environments
        return data.pixels, data.labels, *marks, data.validation_pixels, data.validation_labels, inputs.images

    @classmethod
    def ask(cls, method: Learner, inputs: Learnable, seed: int = 0) -> Answer:
        """Train, and return the logits of the test images."""
        with torch.random.fork_rng():  # as the protocol does
            torch.manual_seed(seed)
            method.train(inputs.data, Context(seed=seed))
        with torch.no_grad():
            return (method.predict(inputs.images),)

    def test_logits_have_their_shape_and_are_finite(self, inputs: Learnable, asked: Asked) -> None:
        """One of each class for each image."""
        (logits,) = asked.answer
        assert logits.shape == (len(inputs.images), len(inputs.labels.unique()))
        assert torch.isfinite(logits).all()

    def test_it_learns_the_classes(self, inputs: Learnable, asked: Asked) -> None:
        """Better than guessing, by far, on images like those that it learned from."""
        accuracy = float((asked.answer[0].argmax(dim=1) == inputs.labels).double().mean())
        assert accuracy > 2 / len(inputs.labels.unique()), f"it knows {100 * accuracy:.0f} % of the test images"

    def test_another_seed_gives_other_logits(
        self, method: type[Learner], given: dict[str, Any], inputs: Learnable, asked: Asked
    ) -> None:
        """What is drawn is drawn from the seed."""
        assert not torch.equal(self.ask(method(**given), inputs, seed=1)[0], asked.answer[0])

    def test_logits_do_not_depend_on_the_batch(self, inputs: Learnable, asked: Asked) -> None:
        """In whatever parts the images come, and for an image alone."""
        with torch.no_grad():
            parts = torch.cat([asked.made.predict(part) for part in inputs.images.split(97)])
            alone = torch.cat([asked.made.predict(inputs.images[row : row + 1]) for row in (0, 1, 2)])
            black = asked.made.predict(torch.zeros_like(inputs.images[:3]))
        torch.testing.assert_close(parts, asked.answer[0], rtol=1e-3, atol=1e-4, msg=_other_batch)
        torch.testing.assert_close(alone, asked.answer[0][:3], rtol=1e-3, atol=1e-4, msg=_other_batch)
        assert torch.isfinite(black).all(), "a black image has no finite logits"

    def test_it_trains_on_the_device_that_it_is_told(
        self, method: type[Learner], given: Mapping[str, Any], inputs: Learnable
    ) -> None:
        """On a GPU, say: tried on torch's device ``meta``, which holds no values, up to where a value is looked at."""
        made, data, few = method(**given), inputs.data, slice(70)
        parts = {name: getattr(data, name)[few] for name in ("pixels", "labels", "groups", "environments")}
        data = replace(data, **parts, recipe=replace(data.recipe, epochs=1))
        with torch.random.fork_rng():
            until_valued(lambda: made.train(data, Context(seed=SEED, device="meta")))

    def test_few_images_and_repeated_ones_can_be_trained_on(
        self, method: type[Learner], given: Mapping[str, Any], inputs: Learnable
    ) -> None:
        """With finite logits, or with a ValueError that says what is lacking."""
        for what, few in {"forty images": torch.arange(40), "a repeated image": torch.zeros(40).long()}.items():
            made, data = method(**given), inputs.data
            parts = {name: getattr(data, name)[few] for name in ("pixels", "labels", "groups", "environments")}
            data = replace(data, **parts, recipe=replace(data.recipe, epochs=1))
            answer = answered(method, what, lambda: self.ask(made, replace(inputs, data=data)))  # noqa: B023 - at once
            assert answer is None or bool(torch.isfinite(answer[0]).all()), f"{what}: not all logits are finite"
