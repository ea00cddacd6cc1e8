"""The table of a cell: the probabilities of the runs at the chosen rate, start by start."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import softmax

from suite.contracts import Column
from suite.contracts.samples import stored_table
from suite.measures.calibration import brier_scores, calibration_error, log_scores
from suite.tracks.learning_rate.metrics import OF_CLASSIFIERS
from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.protocol import TrainingTask
from suite.tracks.learning_rate.samples import TrainingSamples

CHOSEN, STARTS = 1, 2


class Classifying(TrainingTask):
    """Two rates with two starts."""

    metrics, starts = OF_CLASSIFIERS, STARTS

    problem = None  # type: ignore[assignment] # the test has one


def samples_of(problem: Problem, weights: torch.Tensor) -> TrainingSamples:
    task: TrainingTask = object.__new__(Classifying)
    count = len(problem.test.labels)
    logits, hits = task._asked(problem, weights)
    assert logits is not None
    assert torch.equal(hits, problem.hits(weights, problem.test))
    columns = task._answered(logits, CHOSEN, problem.test.labels)
    rows = [None] * (count - 1)
    return TrainingSamples(
        right=[[0.5, 1.0]] * count,
        rates=[[0.1, 0.2], *rows],
        validation=[[0.5, 0.6], *rows],
        regime=[["1", "2A"], *rows],
        chance=np.full(count, 0.5),
        **columns,
    )


def test_scores_are_of_the_runs_at_the_chosen_rate(tick_problem: Problem) -> None:
    weights = torch.randn(tick_problem.start.shape, generator=torch.Generator().manual_seed(0))
    samples = samples_of(tick_problem, weights)
    again = TrainingSamples.read(stored_table(samples))
    logits = tick_problem.asked(weights, tick_problem.test.inputs).double().numpy()[STARTS:]
    labels = tick_problem.test.labels.numpy()
    errors = [calibration_error(softmax(run, axis=1).max(axis=1), run.argmax(axis=1) == labels) for run in logits]
    expected = {
        "log_score": np.mean([log_scores(run, labels) for run in logits]),
        "brier_score": np.mean([brier_scores(run, labels) for run in logits]),
        "calibration_error": np.mean(errors),
    }
    for metric, number in expected.items():
        column = Column(metric=metric, subset="chosen-rate")
        value = again.value(column)
        assert value is not None
        assert value == samples.value(column)
        assert value.value == pytest.approx(number)
        assert again.value(Column(metric=metric, subset="all-rates")) is None
    assert errors[0] != errors[1]


def test_a_task_without_probabilities_has_none_of_these_scores(tick_problem: Problem) -> None:
    whole = samples_of(tick_problem, tick_problem.start)
    names = ("right", "rates", "validation", "regime", "chance")
    samples = TrainingSamples(**{name: getattr(whole, name) for name in names})
    again = TrainingSamples.read(stored_table(samples))
    for metric in ("log_score", "brier_score", "calibration_error"):
        assert again.value(Column(metric=metric, subset="chosen-rate")) is None
    accuracy = again.value(Column(metric="accuracy", subset="chosen-rate"))
    assert accuracy is not None
    assert accuracy.value == 1.0


def test_weights_that_are_no_numbers_have_no_probabilities(tick_problem: Problem) -> None:
    weights = tick_problem.start.clone()
    weights[-1, 0] = torch.nan
    samples = samples_of(tick_problem, weights)
    for metric in ("log_score", "brier_score", "calibration_error"):
        assert samples.value(Column(metric=metric, subset="chosen-rate")) is None
