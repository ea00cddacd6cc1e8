"""The table of a cell gives every score again, and each sample's part in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from suite.contracts import Column
from suite.tracks.replay.denoising.samples import (
    ALL,
    DECILES,
    NEW,
    NOT_REPLAYED,
    RESAMPLES,
    Images,
    Retained,
    deciles,
    from_table,
    influence,
    resamples,
    to_table,
)


def retained(replayed: NDArray[np.bool_] | None = None, count: int = 53, better: float = 0.0) -> Retained:
    """Return made-up numbers: forgetting rises with energy, less so for what is replayed."""
    rng = np.random.default_rng(0)
    energy, before = rng.normal(size=count), rng.uniform(0.1, 0.2, size=count)
    kept = rng.random(count) < 0.3 if replayed is None else replayed
    after = before + 0.1 * energy + 0.05 * rng.normal(size=count) - better
    return Retained(
        old=Images(np.arange(count) * 3, rng.integers(5, size=count), before, np.where(kept, before, after)),
        energy=energy,
        variance=rng.random(count),
        decile=deciles(energy),
        replayed=kept,
        new=Images(np.arange(7), np.full(7, 8), np.full(7, 0.5), rng.random(7)),
        measured={"buffer_bytes": (72.0, 53), "class_entropy": (1.5, 16)},
    )


def test_a_stored_table_gives_every_score_again() -> None:
    method = retained()
    table = to_table(method)
    assert table["subset"].to_pylist() == [ALL] * 53 + [NEW] * 7
    assert table["energy"].null_count == 7
    assert from_table(table).scores() == method.scores()
    found = {(score.metric, score.subset): score for score in method.scores()}
    assert found["buffer_bytes", ALL].value == 72
    assert found["new_task_error", NEW].n == 7
    assert found["reconstruction_forgetting", ALL].value == pytest.approx(method.forgetting.mean())
    assert found["reconstruction_forgetting", NOT_REPLAYED].n == int((~method.replayed).sum())
    assert sum(found["reconstruction_forgetting", name].n for name in DECILES) == 53
    interval = found["reconstruction_forgetting", ALL].interval
    assert interval is not None
    assert interval.low < found["reconstruction_forgetting", ALL].value < interval.high


def test_without_samples_there_is_no_score() -> None:
    everything = retained(replayed=np.ones(53, dtype=bool))
    assert NOT_REPLAYED not in {score.subset for score in everything.scores()}
    tiny = retained(count=4)
    assert len([score for score in tiny.scores() if score.subset in DECILES]) == 4


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_deciles_are_even_and_ordered(values: list[int]) -> None:
    energy = np.array(values, dtype=np.float64)
    found = deciles(energy)
    counts = np.bincount(found, minlength=11)[1:]
    assert counts.sum() == len(values)
    assert counts.max() - counts.min() <= 1
    assert (np.diff(found[np.argsort(energy, kind="stable")]) >= 0).all()


def test_influence_is_what_a_mean_is_the_mean_of() -> None:
    method = retained()
    table = to_table(method)
    for score in method.scores():
        parts = influence(table, score.column)
        if score.metric in ("reconstruction_forgetting", "reconstruction_error", "new_task_error"):
            if score.subset == NOT_REPLAYED:
                assert parts is None  # another method has other samples there
            else:
                assert parts is not None
                assert sum(values.mean() for values in parts.values()) == pytest.approx(score.value)
        else:
            assert parts is None


def test_resamples_are_the_same_for_both_tables() -> None:
    one = retained()
    other = retained(better=0.02)
    tables = [to_table(one), to_table(other)]
    column = Column(metric="reconstruction_forgetting", subset=NOT_REPLAYED)
    drawn = resamples(tables, column)
    assert drawn is not None
    assert [values.shape for values in drawn] == [(RESAMPLES,)] * 2
    np.testing.assert_allclose(drawn[0] - drawn[1], 0.02)
    correlation = resamples(tables, Column(metric="energy_correlation", subset=ALL))
    assert correlation is not None
    assert np.mean(correlation[0]) == pytest.approx(one.correlation("energy_correlation"), abs=0.05)
    assert np.std(correlation[0]) > 0.02
    assert resamples(tables, Column(metric="buffer_bytes", subset=ALL)) is None
    none_left = to_table(replace(one, replayed=np.ones(53, dtype=bool)))
    assert resamples([none_left, tables[1]], column) is None
