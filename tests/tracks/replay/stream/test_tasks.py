"""Streams: classes dealt to tasks, labels of both settings, batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.benchmarks.replay.split_digits import SplitDigitsTask
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.errors import SuiteError
from suite.run.evaluation import prepare
from suite.tracks.replay.stream.tasks import batches, class_order, relabelled, unmeasurable

from ..conftest import digits


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 100))
def test_every_class_is_in_one_task(tasks: int, share: int, seed: int) -> None:
    order = class_order(tasks * share, np.random.default_rng(seed), tasks)
    assert [len(part) for part in order] == [share] * tasks
    assert sorted(label for part in order for label in part) == list(range(tasks * share))


def test_classes_that_cannot_be_dealt_are_an_error() -> None:
    with pytest.raises(ValueError, match="10 classes cannot be split into 3 tasks"):
        class_order(10, np.random.default_rng(0), 3)


def test_labels_of_both_settings() -> None:
    labels = np.array([7, 2, 2, 7])
    assert relabelled(labels, [7, 2], "class").tolist() == [7, 2, 2, 7]
    assert relabelled(labels, [7, 2], "domain").tolist() == [0, 1, 1, 0]


def test_batches_are_a_permutation() -> None:
    samples = digits([0, 1], slice(25))
    parts = batches(samples, 10, np.random.default_rng(0))
    assert [len(part) for part in parts] == [10, 10, 5]
    rows = torch.cat([part.rows for part in parts])
    assert sorted(rows.tolist()) == sorted(samples.rows.tolist())
    assert rows.tolist() != samples.rows.tolist()


LABELS = np.arange(4).repeat(3)


@pytest.mark.parametrize(
    ("order", "train", "test", "why"),
    [
        ([[0, 1], [2, 3]], LABELS, LABELS, ""),
        ([[0, 1], [2, 3]], LABELS, LABELS[LABELS != 3], ""),
        ([[0, 1, 2, 3]], LABELS, LABELS, "a stream of one task has nothing to forget"),
        (
            [[0, 1], [2, 3]],
            LABELS,
            LABELS[LABELS < 2],
            "the test split has no sample of task 2, whose",
        ),
        ([[0, 1], [2, 3]], LABELS[LABELS != 1], LABELS, "the training split has no sample of class 1"),
        (
            [[0, 1], [2, 3]],
            LABELS + 1,
            LABELS,
            "the training split has samples of class 4, and the",
        ),
        ([[0, 1], [2, 3]], LABELS, LABELS - 1, "the test split has samples of class -1"),
    ],
)
def test_a_stream_that_cannot_be_measured_says_why(
    order: list[list[int]], train: np.ndarray, test: np.ndarray, why: str
) -> None:
    found = unmeasurable(order, train, test)
    assert found == why == "" or (why and found.startswith(why))


@pytest.mark.parametrize(
    ("splits", "without", "why"),
    [(3, None, "10 classes cannot be split into 3 tasks"), (1, None, "a stream of one task"), (10, 7, "classes are 7")],
)
def test_it_is_the_tasks_fault_before_anything_is_learned(
    resources: Resources, splits: int, without: int | None, why: str
) -> None:
    class Unequal(SplitDigitsTask):
        id = "replay/unequal"

        def test(self, resources: Resources) -> Split:
            whole = super().test(resources)
            return whole.part(np.flatnonzero(whole.targets(resources) != without), resources)

    Unequal.splits = splits
    with pytest.raises(SuiteError, match="replay/unequal cannot be measured: ") as error:
        prepare(Unequal(), TaskContext(0, resources))
    assert why in error.value.cause
