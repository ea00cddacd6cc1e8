"""The table: what goes in comes out again, and the scores follow from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Column, Value
from suite.contracts.samples import stored_table
from suite.tracks.replay.stream.accuracy import Curve
from suite.tracks.replay.stream.metrics import METRICS
from suite.tracks.replay.stream.samples import METADATA, StreamSamples


def drawn(tasks: int, points: int, seed: int) -> StreamSamples:
    rng = np.random.default_rng(seed)
    training = np.repeat(np.arange(tasks), points)
    values = np.where(np.arange(tasks) <= training[:, None], rng.random((tasks * points, tasks)), np.nan)
    return StreamSamples(
        initial=rng.random(tasks),
        matrix=rng.random((tasks, tasks)),
        curve=Curve(np.cumsum(rng.integers(1, 5, tasks * points)), training, values),
        tested=rng.integers(1, 100, tasks),
        measured={Column(metric="buffer_bytes", subset="all"): Value(12.0, 3)},
        held=[[1, 2], [5]],
    )


def scores(samples: StreamSamples) -> dict[Column, Value | None]:
    subsets = ["all", *samples.tasks]
    columns = [Column(metric=metric.name, subset=subset) for metric in METRICS for subset in subsets]
    return {column: samples.value(column) for column in columns}


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 1000))
def test_a_table_gives_everything_again(tasks: int, points: int, seed: int) -> None:
    samples = drawn(tasks, points, seed)
    again = StreamSamples.read(stored_table(samples))
    for name in ("initial", "matrix", "tested"):
        assert np.array_equal(getattr(again, name), getattr(samples, name))
    for name in ("steps", "training", "values"):
        assert np.array_equal(getattr(again.curve, name), getattr(samples.curve, name), equal_nan=True)
    assert again.held == samples.held
    assert scores(again) == scores(samples)


def test_a_stored_table_does_so_too(tmp_path: Path) -> None:
    samples = drawn(3, 2, 0)
    pq.write_table(stored_table(samples), tmp_path / "table.parquet")
    assert scores(StreamSamples.read(pq.read_table(tmp_path / "table.parquet"))) == scores(samples)


def test_a_table_of_an_earlier_version_does_so_too() -> None:
    """It had what was measured beside the sizes of the tests."""
    samples = drawn(3, 2, 0)
    table = samples.table()
    about = {**json.loads(table.schema.metadata[METADATA]), "measured": {"buffer_bytes": [12.0, 3]}}
    older = table.replace_schema_metadata({METADATA: json.dumps(about).encode()})
    assert scores(StreamSamples.read(older)) == scores(samples)


def test_scores_of_every_task_and_of_all() -> None:
    samples = drawn(3, 2, 1)
    found = {(column.metric, column.subset): value for column, value in scores(samples).items()}
    assert found["accuracy", "all"].value == pytest.approx(samples.matrix[-1].mean())
    assert found["accuracy", "all"].n == samples.tested.sum()
    assert [found["accuracy", f"task-{j}"].value for j in (1, 2, 3)] == samples.matrix[-1].tolist()
    assert found["buffer_bytes", "all"] == Value(12, 3)
    assert found["forgetting", "task-1"] is None
    assert found["selector_seconds", "all"] is None
