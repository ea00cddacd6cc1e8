"""The protocol on the digits: what methods are given, and what is measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.special import softmax
from torch import nn

from suite.benchmarks.quantization.digits_vit import DigitsViTTask, partition
from suite.contracts import Column, Context, Outcome, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.measures.calibration import brier_scores, calibration_error, log_scores
from suite.models.reference import ReferenceModel
from suite.plugins.quantization.fp32 import FP32
from suite.plugins.quantization.percentile import Percentile
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.run.scoring import scores_of
from suite.testing.quantization import briefly_trained
from suite.tracks.quantization import Calibration, Quantizer, Spec, TrainedQuantizer
from suite.tracks.quantization.evaluation import MEAN
from suite.tracks.quantization.probe import Downstream
from suite.tracks.quantization.samples import TEST

Evaluate = Callable[..., Outcome]


class Small(DigitsViTTask):
    """Digits below five as a downstream set, and a network that is trained for seconds."""

    subsets = (TEST, MEAN, "small-digits", "not-at-hand")
    training_images = 300

    def model(self) -> ReferenceModel:
        return briefly_trained(super().model())

    def downstream(self, resources: Resources) -> dict[str, Downstream]:
        labels = partition()[1].targets(resources)
        train, test = np.array_split(np.flatnonzero(labels < 5), 2)
        return {"small-digits": Downstream(partition()[1].part(train, resources), partition()[1].part(test, resources))}


@pytest.fixture
def evaluate(resources: Resources) -> Evaluate:
    """Evaluate a method on the small task."""

    def run(method: Quantizer, seed: int = 0, **setting: str) -> Outcome:
        task = Small()
        return task.evaluate(method, TaskContext(seed, resources, task.setting(setting)))

    return run


def values(outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in scores_of(Small(), outcome.samples)}


class Watching(Quantizer):
    """Keeps what it is given."""

    name = "watching"
    version = "1"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Calibration, Spec]] = []

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        self.seen.append((calibration, spec))
        return model


class Training(Watching, TrainedQuantizer):
    """The same, with training images."""

    epochs = 2.5


def test_the_float_model_loses_nothing_and_the_audit_says_so(evaluate: Evaluate) -> None:
    four, eight = (values(evaluate(FP32(), precision=precision)) for precision in ("W4A4", "W8A8"))
    assert four["accuracy_drop", "test"] == 0
    assert eight["agreement", "test"] == 1
    assert four["logit_sqnr", "test"] > 100
    assert four["loss_barrier", "test"] == pytest.approx(0, abs=1e-6)
    assert four["latent_accuracy", "test"] == four["accuracy", "test"]
    assert four["mac_coverage", "test"] == 0
    assert four["mismatches", "test"] == 1


def test_every_column_is_measured_at_every_precision(evaluate: Evaluate) -> None:
    task = Small()
    four, eight = (evaluate(RTNMinMax(), precision=precision) for precision in ("W4A4", "W8A8"))
    scores = values(four)
    assert task.primary == Column(metric="accuracy", subset="test")
    assert {subset for _, subset in scores} == set(task.subsets) - {"not-at-hand"}
    assert {metric for metric, subset in scores if subset == "test"} == {
        metric.name for metric in task.metrics if metric.name != "probe_accuracy"
    }
    assert values(eight).keys() == scores.keys()
    assert four.missing == eight.missing == ("not-at-hand",)
    assert values(eight)["accuracy", "test"] >= scores["accuracy", "test"] - 0.01
    assert values(eight)["mismatches", "test"] == 0
    assert 0.5 < scores["probe_accuracy", "small-digits"] <= 1
    assert scores["probe_accuracy", "downstream"] == scores["probe_accuracy", "small-digits"]
    assert four.facts["activation scales"] == "per-tensor"
    assert four.facts["audit"].startswith("as declared")
    assert four.cost["quantize_seconds"] == scores["quantize_seconds", "test"]


def test_calibration_images_are_the_seeds_and_small_draws_begin_large_ones(evaluate: Evaluate) -> None:
    method, again, other = Watching(), Watching(), Watching()
    evaluate(method)
    evaluate(method, precision="W8A8")
    few_used = values(evaluate(method, calibration="32"))["images_used", "test"]
    evaluate(again)
    evaluate(other, seed=1)
    first, eight, few = (calibration.images for calibration, _ in method.seen)
    assert [(len(calibration.images), spec.name) for calibration, spec in method.seen] == [
        (128, "W4A4"),
        (128, "W8A8"),
        (32, "W4A4"),
    ]
    assert few_used == 32
    assert torch.equal(few, first[:32])
    assert torch.equal(eight, first)  # settings are paired
    assert torch.equal(first, again.seen[0][0].images)
    assert not torch.equal(first, other.seen[0][0].images)
    assert all(calibration.training is None for calibration, _ in method.seen)


def test_methods_that_train_get_training_images_and_state_what_they_used(evaluate: Evaluate) -> None:
    method = Training()
    outcome = evaluate(method)
    training = method.seen[0][0].training_images
    assert len(training) == 300
    assert values(outcome)["images_used", "test"] == 128 + 2.5 * 300
    assert outcome.facts["trained on"] == "300 labelled images"
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


class Returning(Quantizer):
    """Returns what it was made with, or raises it."""

    name = "returning"
    version = "1"

    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result  # type: ignore[return-value]


class Logits(nn.Module):
    """Answers with a constant."""

    def __init__(self, value: float, classes: int) -> None:
        super().__init__()
        self.answer = torch.full((classes,), value)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.answer.expand(len(x), -1)


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        ("a model", TypeError, "returned the text 'a model'; its contract wants a torch module"),
        (Logits(float("nan"), 10), ValueError, "logits must be finite"),
        (Logits(1.0, 3), ValueError, "of shape"),
        (ValueError("cannot do that"), ValueError, "cannot do that"),
        (MemoryError("no memory"), MemoryError, "no memory"),
    ],
)
@pytest.mark.parametrize("precision", ["W4A4", "W8A8"])
def test_what_is_no_quantized_model_is_refused(
    evaluate: Evaluate, precision: str, result: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        evaluate(Returning(result), precision=precision)


def test_a_stored_table_gives_every_score_again(evaluate: Evaluate, resources: Resources) -> None:
    task = Small()
    outcome = evaluate(Percentile())
    read = task.samples.read(stored_table(outcome.samples))
    assert scores_of(task, read) == scores_of(task, outcome.samples)
    drop = Column(metric="accuracy_drop", subset="test")
    influence = read.influence(drop)
    assert influence is not None
    assert influence.strata["test"].mean() == pytest.approx(values(outcome)["accuracy_drop", "test"])
    assert read.influence(Column(metric="size", subset="test")) is None
    assert read.influence(Column(metric="accuracy", subset="small-digits")) is None
    accuracy = next(score for score in scores_of(task, read) if score.metric == "accuracy")
    assert accuracy.interval is not None
    assert accuracy.interval.high <= 1
    assert accuracy.n == 600
    scored = {score.metric: score for score in scores_of(task, read) if score.subset == "test"}
    for metric in ("log_score", "brier_score", "calibration_error"):
        assert scored[metric].n == 600
        assert scored[metric].interval is not None
    network = task.quantize(Percentile(), TaskContext(0, resources, task.setting({})))[0]
    images = task.given_model().transform.normalise(task.test(resources).pixels(task.model().transform, resources))
    with torch.no_grad():
        logits = network(images).double().numpy()
    labels = task.test(resources).targets(resources)
    confidence, right = softmax(logits, axis=1).max(axis=1), logits.argmax(axis=1) == labels
    assert scored["log_score"].value == pytest.approx(log_scores(logits, labels).mean(), rel=1e-4)
    assert scored["brier_score"].value == pytest.approx(brier_scores(logits, labels).mean(), rel=1e-4)
    assert scored["calibration_error"].value == pytest.approx(calibration_error(confidence, right), rel=1e-3)
    earlier = task.samples.read(stored_table(outcome.samples).drop_columns(["confidence", "log_score", "brier_score"]))
    assert {score.metric for score in scores_of(task, read)} - {score.metric for score in scores_of(task, earlier)} == {
        "log_score",
        "brier_score",
        "calibration_error",
    }


def test_tuning_looks_at_validation_images_alone(resources: Resources) -> None:
    context = TaskContext(0, resources, Small().setting({"precision": "W6A6"}))
    tuning = Small().tune(Percentile, {}, {"percentile": (0.6, 0.999)}, context)
    assert tuning.chosen == {"percentile": 0.999}
    assert tuning.measured == "top-1 at W6A6 on validation images"
