"""The protocol on the digits: what methods are given, what is measured, what failing does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from suite.benchmarks.quantization.digits_vit import DigitsViTTask, partition
from suite.contracts import Column, Context, Outcome, Resources, TaskContext
from suite.plugins.quantization.fp32 import FP32
from suite.plugins.quantization.percentile import Percentile
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Calibration, Quantizer, Spec, TrainedQuantizer
from suite.tracks.quantization.probe import Downstream
from suite.tracks.quantization.samples import from_table

pytestmark = pytest.mark.xdist_group("digits-vit")


class Small(DigitsViTTask):
    """Three columns, and digits below five as a downstream set."""

    specs = (Spec(4, 4), Spec(8, 8), Spec(4, 4, 32))
    downstream_names = ("small-digits", "not-at-hand")
    training_images = 300

    def downstream(self, resources: Resources) -> dict[str, Downstream]:
        labels = partition()[1].targets(resources)
        train, test = np.array_split(np.flatnonzero(labels < 5), 2)
        return {"small-digits": Downstream(partition()[1].part(train, resources), partition()[1].part(test, resources))}


@pytest.fixture
def context(resources: Resources) -> TaskContext:
    return TaskContext(0, resources)


def values(outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in outcome.scores}


class Watching(Quantizer):
    """Keeps what it is given."""

    name = "watching"
    version = "1"
    seen: list[tuple[Calibration, Spec]]

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        self.__dict__.setdefault("seen", []).append((calibration, spec))
        return model


class Training(Watching, TrainedQuantizer):
    """The same in the other league."""

    epochs = 2.5


def test_the_float_model_loses_nothing_and_the_audit_says_so(context: TaskContext) -> None:
    found = values(Small().evaluate(FP32(), context))
    assert found["accuracy_drop", "W4A4"] == 0
    assert found["agreement", "W8A8"] == 1
    assert found["logit_sqnr", "W4A4"] > 100
    assert found["loss_barrier", "W4A4"] == pytest.approx(0, abs=1e-6)
    assert found["latent_accuracy", "W4A4"] == found["accuracy", "W4A4"]
    assert found["mac_coverage", "W4A4"] == 0
    assert found["mismatches", "W4A4"] == 1


def test_every_declared_column_is_measured(context: TaskContext) -> None:
    task = Small()
    outcome = task.evaluate(RTNMinMax(), context)
    found = values(outcome)
    assert task.primary == Column(metric="accuracy", subset="W4A4")
    assert {subset for _, subset in found} == set(task.subsets) - {"not-at-hand"}
    assert outcome.missing == ("not-at-hand",)
    assert found["accuracy", "W8A8"] >= found["accuracy", "W4A4"] - 0.01
    assert found["images_used", "W4A4/32"] == 32
    assert found["mismatches", "W8A8"] == 0
    assert 0.5 < found["probe_accuracy", "small-digits"] <= 1
    assert found["probe_accuracy", "downstream"] == found["probe_accuracy", "small-digits"]
    assert outcome.facts["activation scales"] == "per-tensor"
    assert outcome.facts["W4A4 audit"].startswith("as declared")


def test_calibration_images_are_the_seeds_and_small_draws_begin_large_ones(resources: Resources) -> None:
    method, again, other = Watching(), Watching(), Watching()
    Small().evaluate(method, TaskContext(0, resources))
    Small().evaluate(again, TaskContext(0, resources))
    Small().evaluate(other, TaskContext(1, resources))
    first, _, few = (calibration.images for calibration, _ in method.seen)
    assert [len(calibration.images) for calibration, _ in method.seen] == [128, 128, 32]
    assert torch.equal(few, first[:32])
    assert torch.equal(first, again.seen[0][0].images)
    assert not torch.equal(first, other.seen[0][0].images)
    assert all(calibration.training is None for calibration, _ in method.seen)


def test_methods_that_train_get_training_images_and_state_what_they_used(context: TaskContext) -> None:
    method = Training()
    found = values(Small().evaluate(method, context))
    training = method.seen[0][0].training
    assert training is not None
    assert len(training) == 300
    assert found["images_used", "W4A4"] == 128 + 2.5 * 300
    batches = list(training.batches(128, torch.Generator().manual_seed(0)))
    assert [len(labels) for _, labels in batches] == [128, 128, 44]
    assert batches[0][0].shape == (128, 1, 8, 8)
    assert training.draw(1000, torch.Generator()).shape == (300, 1, 8, 8)


def test_no_training_or_calibration_image_is_in_a_test(resources: Resources) -> None:
    task = Small()
    train, validation, test = (set(split.rows(resources)) for split in partition())
    assert not train & test
    assert not validation & test
    assert not train & validation
    assert len(train | validation | test) == 1797
    assert set(task.test(resources).rows(resources)) == test


class Fragile(RTNMinMax):
    """Fails at eight bits, or at the spec that ranks."""

    name = "fragile"

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        if spec.weight_bits == self.at:
            raise ValueError("cannot do that")
        return super().quantize(model, calibration, spec, context)


def test_failing_at_one_spec_leaves_the_others(context: TaskContext) -> None:
    outcome = Small().evaluate(Fragile(8), context)
    assert outcome.facts["W8A8 failed"] == "ValueError: cannot do that"
    assert {"W4A4", "W4A4/32"} <= {score.subset for score in outcome.scores}
    assert "W8A8" not in {score.subset for score in outcome.scores}
    with pytest.raises(ValueError, match="cannot do that"):
        Small().evaluate(Fragile(4), context)


class Broken(Quantizer):
    """Returns what it was made with."""

    name = "broken"
    version = "1"

    def __init__(self, made: object) -> None:
        super().__init__()
        self.made = made

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        return self.made  # type: ignore[return-value]


class Logits(nn.Module):
    """Answers with a constant."""

    def __init__(self, value: float, classes: int) -> None:
        super().__init__()
        self.answer = torch.full((classes,), value)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.answer.expand(len(x), -1)


@pytest.mark.parametrize(
    ("made", "error", "said"),
    [
        ("a model", TypeError, "returned a str, not a torch module"),
        (Logits(float("nan"), 10), ValueError, "expected finite logits"),
        (Logits(1.0, 3), ValueError, "of shape"),
    ],
)
def test_what_is_no_quantized_model_is_refused(
    context: TaskContext, made: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        Small().evaluate(Broken(made), context)


def test_a_stored_table_gives_every_score_again(context: TaskContext) -> None:
    task = Small()
    outcome = task.evaluate(Percentile(), context)
    assert outcome.samples is not None
    assert task.rescore(outcome.samples) == outcome.scores
    parts = task.influence(outcome.samples, Column(metric="accuracy_drop", subset="W4A4"))
    assert parts is not None
    assert parts["test"].mean() == pytest.approx(values(outcome)["accuracy_drop", "W4A4"])
    assert task.influence(outcome.samples, Column(metric="size", subset="W4A4")) is None
    assert [judged.subset for judged in from_table(outcome.samples)] == ["W4A4", "W8A8", "W4A4/32"]


def test_tuning_looks_at_validation_images_alone(context: TaskContext) -> None:
    tuning = Small().tune(Percentile, {}, {"percentile": (0.6, 0.999)}, context)
    assert tuning.parameters == {"percentile": 0.999}
    assert "validation" in tuning.measured
