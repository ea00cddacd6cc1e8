"""ood/digits-shift: what arrives when, the levels, and scores that follow from the per-sample table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.benchmarks.ood.digits import DigitsTask
from suite.benchmarks.ood.digits_shift import ARRIVING, DEGREES, DigitsShiftTask
from suite.contracts import Card, Column, Context, Outcome, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.msp import MSP
from suite.run.scoring import scores_of
from suite.stats.sampled import estimate
from suite.tracks.ood import TrainedDetector, TrainingData
from suite.tracks.ood.metrics import auroc, fpr95

LEVELS = range(len(DEGREES))


class Diary(TrainedDetector):
    """The reference model, and a record of what happened in which order."""

    name, version = "diary", "1"
    card = Card(title="Diary", status="baseline")

    def train(self, data: TrainingData, context: Context) -> None:
        self.data, self.entries = data, []

    def predict(self, images: Tensor) -> tuple[Tensor, Tensor]:
        self.entries.append(("predict", images))
        logits = self.data.reference(images)
        return logits.logsumexp(dim=1), logits

    def adapt(self, images: Tensor, labels: Tensor, context: Context) -> None:
        self.entries.append(("adapt", images))
        assert labels.shape == (len(images),)


@pytest.fixture
def outcome(resources: Resources) -> Outcome:
    return DigitsShiftTask().evaluate(MSP(), TaskContext(0, resources))


def value(outcome: Outcome, metric: str, subset: str) -> float:
    return outcome.samples.value(Column(metric=metric, subset=subset)).value


def test_scores_are_those_of_the_table(outcome: Outcome) -> None:
    task, table = DigitsShiftTask(), stored_table(outcome.samples)
    samples, scores = table.to_pandas(), scores_of(task, outcome.samples)
    assert scores_of(task, task.samples.read(table)) == scores
    found: dict[str, list[float]] = {"auroc": [], "fpr95": [], "id_accuracy": []}
    for number in LEVELS:
        level = samples[samples.level == number]
        inside, outside = (level[level.subset == name] for name in ("id", "ood"))
        found["auroc"].append(auroc(inside.score, outside.score))
        found["fpr95"].append(fpr95(inside.score, outside.score))
        found["id_accuracy"].append(float((inside.predicted == inside.label).mean()))
        for metric, values in found.items():
            assert value(outcome, metric, f"level-{number}") == pytest.approx(values[-1])
    for metric, values in found.items():
        assert value(outcome, metric, "mean") == pytest.approx(np.mean(values))
    assert len(scores) == 3 * len(DigitsShiftTask.subsets)
    assert all((score.interval is None) == (score.metric != "auroc") for score in scores)


def test_influence_adds_up_to_the_auroc(outcome: Outcome) -> None:
    for subset in ("mean", "level-2"):
        influence = outcome.samples.influence(Column(metric="auroc", subset=subset))
        assert influence.basis == "DeLong over samples"
        assert {name: len(values) for name, values in influence.strata.items()} == {"inside": 513, "0": 724}
        assert estimate(influence.strata) == pytest.approx(value(outcome, "auroc", subset))
    assert outcome.samples.influence(Column(metric="fpr95", subset="mean")) is None
    assert outcome.samples.resampled(Column(metric="fpr95", subset="mean")) is None


def test_the_table_of_an_earlier_version_is_read(outcome: Outcome) -> None:
    """It has the subsets as a dictionary, and the levels in the last column."""
    table = stored_table(outcome.samples)
    old = table.set_column(0, "subset", table["subset"].dictionary_encode()).replace_schema_metadata(None)
    task = DigitsShiftTask()
    assert scores_of(task, task.samples.read(old)) == scores_of(task, outcome.samples)


def test_pictures_of_a_level_and_of_all(outcome: Outcome) -> None:
    assert [picture.title for picture in outcome.samples.pictures("level-2")] == ["Scores", "ROC curve"]
    (curves,) = outcome.samples.pictures("mean")
    area = value(outcome, "auroc", "level-3")
    assert f"level-3 {area:.4f}, exact over 513 and 724 samples" in curves.description
    assert outcome.samples.pictures("id") == ()


def test_a_detector_that_stays_as_fitted_gets_worse(outcome: Outcome) -> None:
    assert value(outcome, "auroc", "level-0") > 0.8
    assert value(outcome, "auroc", "level-5") < value(outcome, "auroc", "level-0") - 0.2
    assert value(outcome, "id_accuracy", "level-5") < 0.5


def test_level_0_is_ood_digits(outcome: Outcome, resources: Resources) -> None:
    from suite.benchmarks.ood.digits import DigitsTask

    upright = DigitsTask().evaluate(MSP(), TaskContext(0, resources))
    assert value(outcome, "auroc", "level-0") == value(upright, "auroc", "near")


def test_samples_arrive_before_every_level_but_the_first(resources: Resources) -> None:
    diary = Diary()
    outcome = DigitsShiftTask().evaluate(diary, TaskContext(0, resources))
    tested = iter(diary.entries[1:])  # the first are the training images, for the accuracy
    happened: list[str] = []
    for kind, _ in tested:
        if not happened or happened[-1] != kind or kind == "adapt":
            happened.append(kind)
    assert happened == ["predict", *["adapt", "predict"] * (len(DEGREES) - 1)]
    assert all(len(images) == ARRIVING for kind, images in diary.entries if kind == "adapt")
    assert set(outcome.cost) == {"fit_seconds", "adapt_seconds", "score_seconds"}


@pytest.mark.parametrize("seed", DigitsShiftTask.seeds)
def test_what_arrives_is_in_no_test_and_not_trained_on(seed: int, resources: Resources) -> None:
    task = DigitsShiftTask()
    train = set(task.development(seed, resources).train.rows(resources))
    arrived = []
    for level in task.levels(seed, resources):
        tested = {*level.test.rows(resources), *level.ood.rows(resources)}
        rows = set(level.arriving.rows(resources))
        assert len(rows) == ARRIVING
        assert not rows & (tested | train)
        arrived.append(rows)
    assert arrived[1] != arrived[2]


def test_arriving_labels_are_those_of_the_images(resources: Resources) -> None:
    """The reference model knows the upright ones."""
    task = DigitsShiftTask()
    arriving, model = task.level(0, 0, resources).arriving, task.model(0)
    images = model.transform.normalise(arriving.pixels(model.transform, resources))
    with torch.no_grad():
        hits = model.load(resources)(images).argmax(dim=1).numpy() == arriving.targets(resources)
    assert hits.mean() > 0.9


def test_images_turn_level_by_level(resources: Resources) -> None:
    task = DigitsShiftTask()
    transform = task.model(0).transform
    pixels: list[Any] = [level.test.pixels(transform, resources).float() for level in task.levels(0, resources)]
    distances = [float((pixels[number] - pixels[0]).abs().mean()) for number in LEVELS]
    assert distances[0] == 0
    assert distances[1] < distances[2] < distances[3]


def test_tuning_uses_the_validation_splits_before_any_shift(resources: Resources) -> None:
    context = TaskContext(0, resources)
    DigitsShiftTask().prepare(context)
    shifting = DigitsShiftTask().tune(KNN, {}, {"k": [1, 50]}, context)
    assert shifting == DigitsTask().tune(KNN, {}, {"k": [1, 50]}, context)
