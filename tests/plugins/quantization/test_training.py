"""LSQ and GPLQ on the digits."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from suite.benchmarks.quantization.digits_vit import DigitsViTTask
from suite.contracts import Context, Resources, Setting, TaskContext
from suite.models.reference import ReferenceModel
from suite.plugins.quantization.gplq import GPLQ, features
from suite.plugins.quantization.lsq import LSQ
from suite.testing.quantization import briefly_trained
from suite.tracks.quantization import Calibration, Spec, TrainedQuantizer
from suite.tracks.quantization.audit import Audit, audit
from suite.tracks.quantization.evaluation import Evaluation
from suite.tracks.quantization.fake import Learned, Uniform, activation_sites, remove, weight_sites

W4A4 = Spec(4, 4)


class Whole(DigitsViTTask):
    """300 training images."""

    training_images = 300


class Small(Whole):
    """The same with a network that is trained for seconds."""

    def model(self) -> ReferenceModel:
        return briefly_trained(super().model())


@pytest.fixture
def evaluation(resources: Resources) -> Evaluation:
    return Evaluation(Small().model(), Small().test(resources), resources)


def made(
    method: TrainedQuantizer, resources: Resources, spec: Spec = W4A4, task: type[DigitsViTTask] = Small
) -> nn.Module:
    return task().quantize(method, TaskContext(0, resources, Setting({"precision": spec.name})))[0]


def audited(model: nn.Module, spec: Spec = W4A4) -> Audit:
    return audit(model, torch.randn(8, 1, 8, 8, generator=torch.Generator().manual_seed(0)), spec)


@pytest.mark.parametrize("method", [GPLQ, LSQ])
def test_eight_bits_lose_little_and_four_bits_work(
    evaluation: Evaluation, resources: Resources, method: type[TrainedQuantizer]
) -> None:
    full = evaluation.accuracy(Small().model().load(resources))
    assert evaluation.accuracy(made(method(), resources, Spec(8, 8))) > full - 0.01
    assert evaluation.accuracy(made(method(), resources)) > full - 0.06


@pytest.mark.parametrize("spec", [Spec(5, 5), Spec(2, 8), Spec(8, 2)], ids=lambda spec: spec.name)
@pytest.mark.parametrize("method", [GPLQ, LSQ])
def test_other_precisions_are_as_declared(resources: Resources, method: type[TrainedQuantizer], spec: Spec) -> None:
    parameters = {"compensate": False} if method is GPLQ else {}
    assert audited(made(method(**parameters), resources, spec), spec).mismatches == ()


@pytest.mark.parametrize("scales", ["per-channel", "per-tensor"])
@pytest.mark.parametrize("method", [GPLQ, LSQ])
def test_granularity_is_what_was_asked_for(resources: Resources, method: type[TrainedQuantizer], scales: str) -> None:
    model = made(method(activation_scales=scales, epochs=0), resources)
    assert audited(model).granularity["activation"] == scales


@pytest.mark.parametrize("method", [GPLQ, LSQ])
def test_nothing_is_left_to_learn(resources: Resources, method: type[TrainedQuantizer]) -> None:
    model = made(method(), resources)
    for site in (*activation_sites(model), *weight_sites(model)):
        assert isinstance(site.quantizer, Uniform)
        assert not isinstance(site.quantizer, Learned)


@pytest.mark.parametrize(
    ("task", "spec"),
    [
        (Small, Spec(3, 2)),
        pytest.param(
            Whole,
            Spec(3, 3),
            marks=[
                pytest.mark.slow,  # its network is trained for half a minute
                pytest.mark.skipif(
                    torch.__version__.startswith("2.6."), reason="torch 2.6 trains another network: 0.055 more there"
                ),
            ],
        ),
    ],
)
def test_training_moves_scales_and_weights_and_more_of_it_helps(
    resources: Resources, task: type[DigitsViTTask], spec: Spec
) -> None:
    evaluation = Evaluation(task().model(), task().test(resources), resources)
    none, some = (made(LSQ(epochs=epochs, learning_rate=1e-3), resources, spec, task) for epochs in (0, 6))
    assert evaluation.accuracy(some) > evaluation.accuracy(none) + 0.1
    first, last = (model.blocks[0].mlp.fc1 for model in (none, some))
    assert not torch.equal(first.weight, last.weight)
    assert not torch.equal(first.input_quantizer.scale, last.input_quantizer.scale)


def test_each_stage_of_gplq_can_be_left_out(evaluation: Evaluation, resources: Resources) -> None:
    activations = made(GPLQ(quantize_weights=False), resources)
    assert audited(activations).granularity == {"weight": "float", "activation": "per-channel"}
    assert audited(made(GPLQ(compensate=False), resources)).mismatches == ()
    compensated = audited(made(GPLQ(), resources))
    assert "compensation" in compensated.mismatches[0]


def test_the_same_seed_gives_the_same_model(resources: Resources) -> None:
    one, two = (made(GPLQ(), resources).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_with_32_bits_gplq_changes_nothing_but_by_training(resources: Resources) -> None:
    original = Small().model().load(resources)
    model = made(GPLQ(epochs=0), resources, Spec(32, 32))
    images = torch.randn(16, 1, 8, 8)
    with torch.no_grad():
        assert torch.allclose(model(images), original(images), atol=1e-5)
    assert not any("compensation" in name for name, _ in model.named_modules())


def loss_of(moved: torch.Tensor, selected: torch.Tensor) -> float:
    return float((moved @ selected).square().sum(dim=1).mean())


def test_components_are_orthonormal_and_as_many_as_asked_for() -> None:
    seen = torch.randn(400, 96, generator=torch.Generator().manual_seed(0)) * torch.linspace(3, 0.1, 96)
    selected = GPLQ()._components(seen)
    assert selected.shape == (96, 32)
    assert torch.allclose(selected.T @ selected, torch.eye(32), atol=1e-5)
    assert GPLQ(components=5)._components(seen).shape == (96, 5)
    assert GPLQ(variance=1.0)._components(seen).shape == (96, 96)
    # What is orthogonal to the components costs nothing.
    across = torch.randn(10, 96)
    across = across - across @ selected @ selected.T
    assert loss_of(across, selected) < 1e-8
    assert loss_of(across + selected[:, 0], selected) == pytest.approx(1, rel=1e-3)


def test_the_pca_loss_holds_the_features(resources: Resources) -> None:
    teacher = Small().model().load(resources)
    images = Small().model().transform.normalise(Small().test(resources).pixels(Small().model().transform, resources))

    def moved(alpha: float) -> float:
        student = remove(made(GPLQ(alpha=alpha, quantize_weights=False, learning_rate=1e-3, epochs=5), resources))
        with torch.no_grad():
            return float((features(student, images)[0] - features(teacher, images)[0]).square().mean())

    assert moved(10.0) < moved(0.0)


@pytest.mark.parametrize("method", [GPLQ, LSQ])
def test_no_training_images_is_an_error(resources: Resources, method: Any) -> None:
    model = copy.deepcopy(Small().model().load(resources))
    with pytest.raises(ValueError, match="there are no training images"):
        method().quantize(model, Calibration(torch.randn(4, 1, 8, 8)), W4A4, Context(0))
