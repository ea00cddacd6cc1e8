"""Streams: classes dealt to tasks, labels of both settings, batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay.stream.tasks import batches, class_order, relabelled

from ..conftest import digits


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 100))
def test_every_class_is_in_one_task(tasks: int, share: int, seed: int) -> None:
    order = class_order(tasks * share, np.random.default_rng(seed), tasks)
    assert [len(part) for part in order] == [share] * tasks
    assert sorted(label for part in order for label in part) == list(range(tasks * share))


def test_classes_that_cannot_be_dealt_are_an_error() -> None:
    with pytest.raises(ValueError, match="10 classes cannot be dealt to 3 tasks"):
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
