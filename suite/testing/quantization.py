"""What every method of the quantization track holds, on a vision transformer that has learned digits for a while."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typing_extensions import override

from suite.contracts import Context, Resources, TaskContext
from suite.lazy import torch
from suite.models.reference import ReferenceModel
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.refusal import answered
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, TrainingImages
from suite.tracks.quantization.fake import quant_layers, weight_sites

if TYPE_CHECKING:
    from torch import Tensor, nn

TRAINING, CALIBRATION, TESTED = 300, 32, 300
"""How many images methods are given to train and to calibrate on, and how many they are tested on: few, for speed."""
SPECS = (Spec(4, 4), Spec(5, 5), Spec(2, 8))


@dataclass(frozen=True)
class Network:
    """A trained network, calibration and training images, and test images [N, C, H, W] with labels [N]."""

    model: nn.Module
    calibration: Calibration
    images: Tensor
    labels: Tensor

    def logits(self, model: nn.Module) -> Tensor:
        """Return a model's logits of the test images [N, C]."""
        with torch.no_grad():
            logits: Tensor = model.eval()(self.images)
        return logits

    def accuracy(self, model: nn.Module) -> float:
        """Return a model's accuracy on the test images, in per cent."""
        return 100 * float((self.logits(model).argmax(dim=1) == self.labels).double().mean())


@dataclass(frozen=True)
class Counted(TrainingImages):
    """Training images that count how many of them are taken, a number a batch in ``drawn``."""

    drawn: list[int]

    @override
    def batches(self, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        for images, labels in super().batches(size, generator):
            self.drawn.append(len(images))
            yield images, labels


def briefly_trained(model: ReferenceModel) -> ReferenceModel:
    """Return the model of ``quantization/digits-vit`` with a recipe of seconds: about nine in ten digits are right."""
    recipe = replace(model.recipe, epochs=24, learning_rate=4e-3, crop_padding=0, warmup_epochs=2)
    return replace(model, name="vit-digits-for-tests", recipe=recipe)


def digits_network(resources: Resources) -> Network:
    """Return the vision transformer of ``quantization/digits-vit``, trained for seconds, and images of that task.

    Calibration images are the first of seed 0; it has three blocks of width 48.
    """
    task: Any = load_registry().tasks["quantization/digits-vit"]()
    model = briefly_trained(task.model())
    training, test = task.training(resources), task.test(resources)
    images = model.transform.normalise(training.pixels(model.transform, resources))
    rows = task.calibration_rows(TaskContext(0, resources))[:CALIBRATION]
    few = training.part(np.arange(TRAINING), resources)
    calibration = Calibration(images[rows], TrainingImages(few, model.transform, model.recipe, resources))
    tested = model.transform.normalise(test.pixels(model.transform, resources))[:TESTED]
    network = Network(model.load(resources), calibration, tested, torch.from_numpy(test.targets(resources)[:TESTED]))
    assert network.accuracy(network.model) >= 85, "the network has learned"
    return network


class QuantizerContract(MethodContract):
    """Checks of a `Quantizer`, trained or not: override ``method``, and ``changes`` if it has parameters.

    Where a precision is not supported, the method says so, by `Quantizer.supports` or a ValueError.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def spec(cls) -> Spec:
        """Return a precision that the method supports, at which its parameters show."""
        return Spec(4, 6)

    @pytest.fixture(scope="session")
    @classmethod
    def network(cls, resources: Resources) -> Network:
        """Return the network and the calibration images."""
        return digits_network(resources)

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls, network: Network, spec: Spec) -> tuple[Network, Spec]:
        """Return the network and the precision."""
        return network, spec

    @classmethod
    @override
    def tensors(cls, inputs: tuple[Network, Spec]) -> Answer:
        return inputs[0].calibration.images, *(weight.detach() for weight in inputs[0].model.parameters())

    @classmethod
    def quantized(cls, method: Quantizer, network: Network, spec: Spec, seed: int = 0) -> nn.Module:
        """Return the network quantized by the method, as the protocol asks it.

        Raises:
            ValueError: the method cannot quantize it so.
        """
        if reason := method.supports(spec):
            raise ValueError(reason)
        training = network.calibration.training if method.needs else None
        torch.manual_seed(seed)
        calibration = Calibration(network.calibration.images, training)
        return method.quantize(copy.deepcopy(network.model), calibration, spec, Context(seed=seed))

    @classmethod
    def ask(cls, method: Quantizer, inputs: tuple[Network, Spec], seed: int = 0) -> Answer:
        """Quantize, and return the logits of the test images."""
        network, spec = inputs
        return (network.logits(cls.quantized(method, network, spec, seed)),)

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Compare the logits, which are of order one."""
        return torch.allclose(one[0], other[0], rtol=1e-4, atol=1e-4)

    def test_eight_bits_lose_two_points_at_most(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network
    ) -> None:
        """Of top-1 accuracy."""
        quantized = self.quantized(method(**given), network, Spec(8, 8))
        assert network.accuracy(quantized) >= network.accuracy(network.model) - 2

    @pytest.mark.parametrize("bits", SPECS, ids=lambda spec: spec.name)
    def test_it_keeps_to_its_bits_or_says_why_not(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network, bits: Spec
    ) -> None:
        """No row of weights has more values than its bits can tell apart."""
        try:
            model = self.quantized(method(**given), network, bits)
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either is right
            return
        logits = network.logits(model)
        assert logits.shape == (len(network.images), 10)
        assert logits.isfinite().all()
        for site in weight_sites(model):
            if site.owner.fold is None:
                rows = site.owner.quantized_weight().detach().flatten(1)
                assert max(len(row.unique()) for row in rows) <= 2 ** bits.weight(site.edge), site.name

    def test_floats_asked_for_are_floats(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network
    ) -> None:
        """With 32 bits for everything nothing is quantized, and but for training the function is what it was."""
        try:
            model = self.quantized(method(**given), network, Spec(FLOAT, FLOAT))
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either is right
            return
        if not method.needs:
            expected = network.logits(network.model)
            torch.testing.assert_close(network.logits(model), expected, rtol=1e-3, atol=1e-3)
        assert all(isinstance(layer.weight_quantizer, torch.nn.Identity) for _, layer in quant_layers(model))

    def test_unusual_images_are_calibrated_on_or_refused(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network, spec: Spec
    ) -> None:
        """One, or black ones: finite logits, or a ValueError that says what is lacking."""
        images = network.calibration.images
        unusual = {"one image": images[:1], "black images": 0 * images[:8]}
        for what, few in unusual.items():
            calibration = replace(network.calibration, images=few)
            other = replace(network, calibration=calibration)
            model = answered(method, what, lambda: self.quantized(method(**given), other, spec))  # noqa: B023 - at once
            assert model is None or bool(network.logits(model).isfinite().all()), f"{what}: not all logits are finite"

    def test_weights_of_half_precision_are_quantized(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network, spec: Spec
    ) -> None:
        """As a network that was trained in half precision has them: rounded, though float32."""
        rounded = copy.deepcopy(network.model)
        with torch.no_grad():
            for weight in rounded.parameters():
                weight.copy_(weight.half().float())
        model = self.quantized(method(**given), replace(network, model=rounded), spec)
        assert network.logits(model).isfinite().all(), "not all logits are finite"

    def test_it_trains_as_long_as_it_says(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network, spec: Spec
    ) -> None:
        """`Quantizer.epochs` is what its cost in images is computed from."""
        if not method.needs:
            pytest.skip("it does not train")
        made = method(**given)
        training = Counted(**vars(network.calibration.training_images), drawn=[])
        self.quantized(made, replace(network, calibration=replace(network.calibration, training=training)), spec)
        told, drawn = made.epochs * len(training), sum(training.drawn)
        assert drawn <= told + len(training), f"it says {told:.0f} training images, and takes {drawn}"

    def test_it_does_the_same_on_a_gpu(
        self, method: type[Quantizer], given: Mapping[str, Any], network: Network, spec: Spec
    ) -> None:
        """But for the device's arithmetic."""
        if not torch.cuda.is_available():
            pytest.skip("torch finds no CUDA device")
        if method.needs:
            pytest.skip("training images are decoded for the CPU here")
        moved = Network(
            copy.deepcopy(network.model).cuda(),
            replace(network.calibration, images=network.calibration.images.cuda()),
            network.images.cuda(),
            network.labels.cuda(),
        )
        model = self.quantized(method(**given), moved, spec)
        here = network.accuracy(self.quantized(method(**given), network, spec))
        assert abs(moved.accuracy(model) - here) <= 3, "the accuracy differs by more than three points"

    def test_the_answer_is_finite(self, asked: Asked) -> None:
        """At the precision that all else is checked at."""
        assert asked.answer[0].isfinite().all()
