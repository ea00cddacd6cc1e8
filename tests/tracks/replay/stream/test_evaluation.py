"""Evaluation while learning: when points are due, and what they are of."""

from __future__ import annotations

import numpy as np
import pytest

from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.evaluation import Evaluation
from suite.tracks.replay.stream.tasks import StreamTask
from suite.tracks.replay.stream.training import Schedule

from ..conftest import TRAINING


def test_points_are_dense_after_a_change_and_sparse_elsewhere(stream: list[StreamTask]) -> None:
    evaluation = Evaluation(stream, [16, 16], Schedule(images=20, every=10, after_switch=3))
    learner = Classifier(TRAINING, 0, "cpu")
    for step in range(1, 33):
        evaluation.point(learner, step, (step - 1) // 16)
    assert evaluation.curve.steps.tolist() == [1, 2, 3, 10, 16, 17, 18, 19, 20, 30, 32]
    assert evaluation.curve.training.tolist() == [0] * 5 + [1] * 6


def test_points_are_of_the_subset_and_boundaries_of_the_whole_test(stream: list[StreamTask]) -> None:
    evaluation = Evaluation(stream, [1, 1], Schedule(images=20))
    learner = Classifier(TRAINING, 0, "cpu")
    evaluation.begin(learner)
    for number in range(2):
        evaluation.point(learner, number + 1, number)
        evaluation.boundary(learner, number)
    for j, task in enumerate(stream):
        right = (learner.predictions(task.images) == task.labels).double().numpy()
        assert evaluation.initial[j] == evaluation.matrix[1][j] == pytest.approx(right.mean())
        assert evaluation.curve.values[1, j] == pytest.approx(right[:20].mean())
    assert np.isnan(evaluation.curve.values[0, 1])


def test_a_schedule_says_itself() -> None:
    assert str(Schedule()) == "every step, on the first 200 test images of each task"
    assert "every 100 steps, every step for 20 after a change" in str(Schedule(every=100, after_switch=20))
