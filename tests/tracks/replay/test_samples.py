"""The table: what goes in comes out again, and the scores follow from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay.accuracy import Curve
from suite.tracks.replay.samples import Rehearsed, from_table, to_table


def drawn(tasks: int, points: int, seed: int) -> Rehearsed:
    rng = np.random.default_rng(seed)
    training = np.repeat(np.arange(tasks), points)
    values = np.where(np.arange(tasks) <= training[:, None], rng.random((tasks * points, tasks)), np.nan)
    return Rehearsed(
        initial=rng.random(tasks),
        matrix=rng.random((tasks, tasks)),
        curve=Curve(np.cumsum(rng.integers(1, 5, tasks * points)), training, values),
        tested=rng.integers(1, 100, tasks),
        measured={"buffer_bytes": (12.0, 3)},
        held=[[1, 2], [5]],
    )


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 1000))
def test_a_table_gives_everything_again(tasks: int, points: int, seed: int) -> None:
    given_ = drawn(tasks, points, seed)
    found = from_table(to_table(given_))
    for name in ("initial", "matrix", "tested"):
        assert np.array_equal(getattr(found, name), getattr(given_, name))
    for name in ("steps", "training", "values"):
        assert np.array_equal(getattr(found.curve, name), getattr(given_.curve, name), equal_nan=True)
    assert found.held == given_.held
    assert found.scores() == given_.scores()


def test_a_stored_table_does_so_too(tmp_path: Path) -> None:
    rehearsed = drawn(3, 2, 0)
    pq.write_table(to_table(rehearsed), tmp_path / "table.parquet")
    assert from_table(pq.read_table(tmp_path / "table.parquet")).scores() == rehearsed.scores()


def test_scores_of_every_task_and_of_all() -> None:
    rehearsed = drawn(3, 2, 1)
    found = {(score.metric, score.subset): score for score in rehearsed.scores()}
    assert found["accuracy", "all"].value == pytest.approx(rehearsed.matrix[-1].mean())
    assert found["accuracy", "all"].n == rehearsed.tested.sum()
    assert [found["accuracy", f"task-{j}"].value for j in (1, 2, 3)] == rehearsed.matrix[-1].tolist()
    assert found["buffer_bytes", "all"].value == 12
