"""The answers at the end of a stream: their place in a table, and the metrics that follow from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Column
from suite.contracts.samples import stored_table
from suite.measures.calibration import brier_scores, calibration_error, log_scores
from suite.tracks.replay.answers import Answers
from suite.tracks.replay.blurry.evaluation import ClassEvaluation, samples_of
from suite.tracks.replay.blurry.samples import BlurrySamples
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.evaluation import Evaluation
from suite.tracks.replay.stream.samples import StreamSamples
from suite.tracks.replay.stream.tasks import StreamTask
from suite.tracks.replay.stream.training import Schedule

from .conftest import TRAINING

CLASSES = 4
SCORES = ("log_score", "brier_score", "calibration_error")


def drawn(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(count, CLASSES, generator=generator), torch.randint(CLASSES, (count,), generator=generator)


@given(st.integers(1, 90), st.integers(0, 100))
def test_answers_come_out_of_a_table_as_they_went_in(count: int, seed: int) -> None:
    answers = Answers.of(*drawn(count, seed))
    rows = pa.table({"kind": ["curve", "matrix"], "step": [1, 2]})
    back, again = Answers.apart(answers.below(rows))
    assert back.equals(rows)
    assert again is not None
    for name in vars(answers):
        assert np.array_equal(getattr(again, name), getattr(answers, name))


def test_metrics_are_those_of_the_logits_within_single_precision() -> None:
    logits, labels = drawn(200)
    answers = Answers.of(logits, labels)
    numbers, known = logits.double().numpy(), labels.numpy()
    some = slice(40, 140)
    found = {name: answers.value(name, some) for name in SCORES}
    assert [value.n for value in found.values() if value] == [100] * 3
    confidence, correct = logits.softmax(dim=1).amax(dim=1).double().numpy(), numbers.argmax(axis=1) == known
    expected = {
        "log_score": log_scores(numbers, known)[some].mean(),
        "brier_score": brier_scores(numbers, known)[some].mean(),
        "calibration_error": calibration_error(confidence[some], correct[some]),
    }
    assert {name: value.value for name, value in found.items() if value} == pytest.approx(expected, rel=1e-6)
    assert answers.value("accuracy") is None


def test_logits_that_are_no_numbers_have_no_probabilities() -> None:
    logits, labels = drawn(60)
    logits[7, 2] = torch.nan
    answers = Answers.of(logits, labels)
    assert [answers.value(name) for name in SCORES] == [None] * 3
    assert answers.value("log_score", slice(8, 60)) is not None


def test_a_stream_keeps_the_answers_after_its_last_task(stream: list[StreamTask], tmp_path: Path) -> None:
    evaluation = Evaluation(stream, [1, 1], Schedule(images=20))
    learner = Classifier(TRAINING, 0, "cpu")
    evaluation.begin(learner)
    for number in range(2):
        assert evaluation.answers is None
        evaluation.point(learner, number + 1, number)
        evaluation.boundary(learner, number)
    samples = StreamSamples(
        initial=evaluation.initial,
        matrix=np.stack(evaluation.matrix),
        curve=evaluation.curve,
        tested=np.array([len(task.labels) for task in stream]),
        answers=evaluation.answers,
    )
    pq.write_table(stored_table(samples), tmp_path / "table.parquet")
    again = StreamSamples.read(pq.read_table(tmp_path / "table.parquet"))
    for number, task in enumerate(stream):
        logits = torch.cat(learner.evaluated(task.images)).double().numpy()
        value = again.value(Column(metric="log_score", subset=f"task-{number + 1}"))
        assert value is not None
        assert value.n == len(task.labels)
        assert value.value == pytest.approx(log_scores(logits, task.labels.numpy()).mean(), rel=1e-6)
        accuracy = again.value(Column(metric="accuracy", subset=f"task-{number + 1}"))
        assert accuracy is not None
        assert accuracy.value == samples.matrix[-1, number]
    for name in SCORES:
        column = Column(metric=name, subset="all")
        assert again.value(column) == samples.value(column) is not None
    assert again.value(Column(metric="log_score", subset="elsewhere")) is None
    assert np.array_equal(again.curve.values, samples.curve.values, equal_nan=True)


def test_a_stream_without_boundaries_does_so_too(stream: list[StreamTask]) -> None:
    images, labels = (torch.cat([getattr(task, name) for task in stream]) for name in ("images", "labels"))
    sessions = [StreamTask(task.samples, images, labels) for task in stream]
    evaluation = ClassEvaluation(sessions, [1, 1], Schedule(images=20))
    learner = Classifier(TRAINING, 0, "cpu")
    for number, session in enumerate(sessions):
        assert evaluation.answers is None
        learner.step(session.samples[torch.arange(10)])
        evaluation.met(session.labels)
        evaluation.point(learner, number + 1, number, forced=True)
        evaluation.boundary(learner, number)
    samples = samples_of(evaluation)
    table = stored_table(samples)
    again = BlurrySamples.read(table)
    for name in SCORES:
        column = Column(metric=name, subset="all")
        assert again.value(column) == samples.value(column) is not None
    logits = torch.cat(learner.evaluated(images)).double().numpy()
    value = again.value(Column(metric="log_score", subset="all"))
    assert value is not None
    assert value.value == pytest.approx(log_scores(logits, labels.numpy()).mean(), rel=1e-6)
    assert np.array_equal(again.ends, samples.ends, equal_nan=True)
    older = BlurrySamples.read(Answers.apart(table)[0])
    assert older.answers is None
    assert [older.value(Column(metric=name, subset="all")) for name in SCORES] == [None] * 3
    assert np.array_equal(older.ends, samples.ends, equal_nan=True)
