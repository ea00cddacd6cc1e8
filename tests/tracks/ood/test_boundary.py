"""Boundaries: what conformal prediction guarantees, what a method claims, and what the columns count."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.benchmarks.ood.digits import DigitsTask, partition
from suite.benchmarks.ood.digits_boundary import DigitsBoundaryTask
from suite.contracts import Card, Column, Context, Resources, TaskContext
from suite.errors import SuiteError
from suite.models.features import extract
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.field_potential import FieldPotential
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.mahalanobis import Mahalanobis
from suite.plugins.ood.msp import MSP
from suite.run.evaluation import evaluate, prepare
from suite.tracks.ood import Batch, BoundedDetector, Detector, TrainingSet
from suite.tracks.ood.boundary import OWN, BoundarySamples, conformal_boundary, level_axis
from suite.tracks.ood.fitting import fit

DRAWS, LEVEL = 200, 0.95


class Claims(BoundedDetector):
    """Claims a boundary that a test chooses."""

    name, version = "claims", "1"
    card = Card(title="Claims", status="baseline")
    claimed = 0.0

    def fit(self, train: TrainingSet, context: Context) -> None:
        self.seen = len(train.validation.labels)

    def score(self, batch: Batch) -> torch.Tensor:
        return batch.logits.amax(dim=1)

    def boundary(self) -> float:
        return self.claimed


@pytest.fixture(scope="module")
def context(resources: Resources) -> TaskContext:
    task = DigitsBoundaryTask()
    context = TaskContext(0, resources, task.setting({}))
    prepare(task, context)
    return context


@pytest.mark.parametrize("method", [Energy(), MSP(), KNN(k=5), Mahalanobis()], ids=lambda each: each.name)
def test_any_detector_keeps_what_conformal_prediction_promises(method: Detector, context: TaskContext) -> None:
    resources, model = context.resources, DigitsTask().model(0)
    _, validation, test = partition(0, resources)
    splits = dataclasses.replace(DigitsTask().splits(0, resources).development, validation=validation)
    fitted = fit(method, model, splits, context)
    scores = fitted.test({"id": test}, "test").arrays["score"]
    assert len(extract(model, test, resources)["logits"]) == len(scores) > 400
    rng, calibration = np.random.default_rng(0), 139  # (139 + 1) 0.05 is whole: the promise is exact without ties
    kept = []
    for _ in range(DRAWS):
        drawn = rng.permutation(scores)
        boundary = conformal_boundary(drawn[:calibration], LEVEL)
        kept.append((drawn[calibration:] >= boundary).mean())
    assert np.mean(kept) == pytest.approx(LEVEL, abs=0.01)


@given(st.integers(0, 1000), st.integers(19, 200), st.sampled_from([0.5, 0.9, 0.95]))
def test_the_boundary_leaves_out_no_more_than_it_may(seed: int, count: int, level: float) -> None:
    scores = np.random.default_rng(seed).normal(size=count)
    below = int((scores < conformal_boundary(scores, level)).sum())
    assert (below + 1) / (count + 1) <= 1 - level + 1e-9 < (below + 2) / (count + 1)


@pytest.mark.parametrize("images", [19, 45, 98, 99, 750])
def test_the_levels_of_an_axis_are_those_that_its_images_calibrate(images: int) -> None:
    scores, axis = np.arange(float(images)), level_axis(images)
    assert axis.default == "95"
    for level in range(1, 100):
        if axis.accepts(str(level)):
            conformal_boundary(scores, level / 100)
        else:
            with pytest.raises(ValueError, match="calibration images"):
                conformal_boundary(scores, level / 100)


def test_a_level_that_the_digits_cannot_calibrate_is_refused_before_anything_runs(context: TaskContext) -> None:
    task = DigitsBoundaryTask()
    with pytest.raises(
        SuiteError, match=r"'98' is not a value of level\. The values are 95, 90, or another whole number from 1 to 97"
    ):
        task.setting({"level": "98"})
    calibration = task._divided(0, context.resources)[1]
    assert len(calibration.rows(context.resources)) == 45
    assert task.setting({"level": "97"})["level"] == "97"


def test_a_level_that_the_images_cannot_calibrate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a level of 99% needs 99 calibration images\. There are 45"):
        conformal_boundary(np.arange(45.0), 0.99)
    assert conformal_boundary(np.arange(99.0), 0.99) == 0


def test_columns_count_what_is_accepted() -> None:
    subset = np.repeat(np.array(["id", "near/a", "near/b", "far/c"], dtype=object), [10, 4, 2, 5])
    score = np.r_[np.arange(10.0), [1, 2, 8, 9], [0, 9], [0, 0, 0, 0, 2]]
    zeros = np.zeros(len(score), dtype=np.int64)
    samples = BoundarySamples(subset, zeros, score, zeros, zeros, np.full(len(score), 2.0))

    def value(metric: str, of: str) -> float | None:
        found = samples.value(Column(metric=metric, subset=of))
        return None if found is None else found.value

    assert value("id_kept", "id") == 0.8
    assert value("ood_accepted", "near/a") == 0.75
    assert value("ood_accepted", "near") == pytest.approx((0.75 + 0.5) / 2)
    assert value("balanced_accuracy", "near") == pytest.approx((0.8 + 1 - 0.625) / 2)
    assert value("balanced_accuracy", "far/c") == pytest.approx((0.8 + 0.8) / 2)
    assert value("id_kept", "near") is value("ood_accepted", "id") is value("balanced_accuracy", "id") is None
    assert value("ood_accepted", "far/d") is None


def test_a_mean_without_a_set_of_the_task_is_partial() -> None:
    class Two(BoundarySamples):
        sets = {"near": 2, "far": 1}

    subset = np.array(["id", "near/a", "far/c"], dtype=object)
    zeros = np.zeros(3, dtype=np.int64)
    samples = Two(subset, zeros, np.zeros(3), zeros, zeros, np.zeros(3))
    of = {name: samples.value(Column(metric="ood_accepted", subset=name)) for name in ("near", "near/a", "far")}
    assert {name: value is not None and value.partial for name, value in of.items()} == {
        "near": True,
        "near/a": False,
        "far": False,
    }
    assert DigitsBoundaryTask.samples.sets == {"near": 1, "far": 2}


def test_no_image_that_calibrates_is_tuned_on(context: TaskContext) -> None:
    task, resources = DigitsBoundaryTask(), context.resources
    seen = task.tuned_on(context.seed, resources)
    everything = task.development(context.seed, resources).validation.rows(resources)
    assert len(seen.validation.rows(resources)) == 15 == len(everything) // OWN
    assert set(seen.validation.rows(resources)) < set(everything)
    tuning = task.tune(KNN, {}, {"k": (1, 5)}, context)
    assert tuning.data == seen.validation_digest(resources)


def test_a_method_is_judged_at_the_boundary_that_it_claims(context: TaskContext) -> None:
    task, method = DigitsBoundaryTask(), Claims()
    method.claimed = -1e9
    evaluated = evaluate(task, method, context)
    scores = {(each.metric, each.subset): each.value for each in evaluated.scores}
    assert scores["id_kept", "id"] == scores["ood_accepted", "near"] == 1
    assert scores["balanced_accuracy", "near"] == 0.5
    assert evaluated.outcome.facts["boundary"] == "-1e+09, by the method itself"
    assert method.seen == 15


@pytest.mark.parametrize("claimed", [float("nan"), None, "three", torch.zeros(2)], ids=str)
def test_a_boundary_that_is_no_number_is_refused(claimed: Any, context: TaskContext) -> None:
    method = Claims()
    method.claimed = claimed
    with pytest.raises(ValueError, match=r"claims claims the boundary .*\. It must be a finite number"):
        evaluate(DigitsBoundaryTask(), method, context)


def test_the_field_claims_a_border_and_takes_a_conformal_one_where_all_do(context: TaskContext) -> None:
    task = DigitsBoundaryTask()
    conformal = dataclasses.replace(context, setting=task.setting({"boundary": "conformal"}))
    for method, where, drawn in (
        (FieldPotential(), context, "0, by the method itself"),
        (FieldPotential(), conformal, "conformal, 95% of ID by 45 validation images"),
        (Energy(), context, "conformal, 95% of ID by 45 validation images"),
    ):
        evaluated = evaluate(task, method, where)
        assert evaluated.outcome.facts["boundary"].endswith(drawn)
        scores = {(each.metric, each.subset): each.value for each in evaluated.scores}
        assert scores["id_kept", "id"] > 0.7
