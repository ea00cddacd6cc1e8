"""The protocol of detection on the denoiser of digits."""

from __future__ import annotations

import numpy as np
import pytest

from suite import Card
from suite.benchmarks.memorization.digits_detection import DigitsDetectionTask
from suite.contracts import Column, TaskContext, Value
from suite.plugins.memorization.guidance_magnitude import GuidanceMagnitude
from suite.plugins.memorization.nearest_training import NearestTraining
from suite.tracks.memorization import PathDetector
from suite.tracks.memorization.detection.samples import GuidedSamples
from suite.tracks.memorization.metrics import ORDINARY, PLAIN


class Seeing(PathDetector):
    """Keeps what it is shown."""

    name = "seeing"
    version = "1"
    card = Card(title="Seeing", status="baseline")

    def score(self, paths, context):
        self.paths, self.context = paths, context
        return paths.norms[0]


class Wrong(Seeing):
    """Returns a score too few."""

    def score(self, paths, context):
        return paths.norms[0][1:]


class Unsure(Seeing):
    """Returns a score that is none."""

    def score(self, paths, context):
        scores = paths.norms[0].clone()
        scores[3] = float("nan")
        return scores


def value(samples, metric: str, subset: str) -> float:
    return samples.value(Column(metric=metric, subset=subset)).value


@pytest.fixture
def context(resources) -> TaskContext:
    return TaskContext(0, resources)


def test_the_truth_is_found_by_who_knows_the_training_data(context: TaskContext) -> None:
    samples = DigitsDetectionTask().evaluate(NearestTraining(), context).samples
    assert value(samples, "auroc", "copies") > 0.99
    assert value(samples, "found_at_1", "copies") > 0.9
    assert 0.5 < samples.copy[samples.special].mean() < 0.95
    assert not samples.copy[~samples.special].any()


def test_the_first_step_tells_who_escapes(context: TaskContext) -> None:
    samples = DigitsDetectionTask().evaluate(GuidanceMagnitude(), context).samples
    assert value(samples, "auroc", "captions") > 0.65
    assert value(samples, "auroc", "within captions") > 0.7
    column = Column(metric="auroc", subset="captions")
    low, high = np.quantile(samples.resampled(column).values, [0.025, 0.975])
    assert low < value(samples, "auroc", "captions") < high
    assert samples.value(Column(metric="found_at_1", subset="within captions")) is None


def test_a_detector_sees_a_random_order_and_no_training_data(context: TaskContext) -> None:
    method, task = Seeing(), DigitsDetectionTask()
    samples = task.evaluate(method, context).samples
    anchors = task.experiment(context).anchors
    shown = method.paths.norms[0]
    assert method.context.training is None
    assert method.paths.clean is None
    assert not np.array_equal(shown[:200], anchors[f"{PLAIN} norms"][0])
    assert np.allclose(samples.score[:200], anchors[f"{PLAIN} norms"][0])
    assert np.allclose(samples.score[200:], anchors[f"{ORDINARY} norms"][0])


def test_a_caption_that_is_drawn_twice_counts_twice() -> None:
    caption = np.repeat([0, 1, 2], 4)
    copy = np.tile([True, True, False, False], 3)
    score = np.array([4.0, 3, 2, 1, 1, 2, 3, 4, 4, 1, 3, 2])  # AUROC 1, 0 and 0.5
    samples = GuidedSamples(caption, np.ones(12, dtype=bool), copy, score)
    column = Column(metric="auroc", subset="within captions")
    assert samples.value(column) == Value(0.5, 3)
    rows = np.concatenate([np.flatnonzero(caption == drawn) for drawn in (0, 0, 2)])
    assert samples._rate(column, rows) == Value(pytest.approx(2.5 / 3), 2)
    # 27 equal draws of three numbers with a variance of 1/6: that of their mean is a third of it
    assert samples.resampled(column).values.var() == pytest.approx(1 / 18, rel=0.2)


def test_other_shapes_are_refused(context: TaskContext) -> None:
    with pytest.raises(
        ValueError, match=r"returned a tensor \[279\] of float\d+; its contract wants a tensor \[280\] of finite"
    ):
        DigitsDetectionTask().evaluate(Wrong(), context)


def test_scores_that_are_not_finite_are_counted(context: TaskContext) -> None:
    with pytest.raises(ValueError, match="returned 1 numbers that are not finite, the first is nan"):
        DigitsDetectionTask().evaluate(Unsure(), context)
