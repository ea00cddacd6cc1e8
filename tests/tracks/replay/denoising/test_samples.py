"""The table of a cell gives every score again, and each sample's part in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from suite.contracts import Column, Score, Value
from suite.contracts.samples import MEASURED, stored_table
from suite.run.scoring import scores_of
from suite.tracks.replay.denoising.metrics import ALL, DECILES, NEW, NOT_REPLAYED
from suite.tracks.replay.denoising.protocol import DenoisingTask
from suite.tracks.replay.denoising.samples import RESAMPLES, DenoisingSamples, deciles


def retained(replayed: NDArray[np.bool_] | None = None, count: int = 53, better: float = 0.0) -> DenoisingSamples:
    """Return made-up numbers: forgetting rises with energy, less so for what is replayed."""
    rng = np.random.default_rng(0)
    energy, before = rng.normal(size=count), rng.uniform(0.1, 0.2, size=count)
    kept = rng.random(count) < 0.3 if replayed is None else replayed
    after = before + 0.1 * energy + 0.05 * rng.normal(size=count) - better
    nan = np.full(7, np.nan)
    return DenoisingSamples(
        subset=np.repeat([ALL, NEW], [count, 7]),
        row=np.append(np.arange(count) * 3, np.arange(7)),
        label=np.append(rng.integers(5, size=count), np.full(7, 8)),
        before=np.append(before, np.full(7, 0.5)),
        after=np.append(np.where(kept, before, after), rng.random(7)),
        energy=np.append(energy, nan),
        variance=np.append(rng.random(count), nan),
        decile=np.append(deciles(energy), np.zeros(7, dtype=np.int64)),
        replayed=np.append(kept, np.zeros(7, dtype=bool)),
        measured={
            Column(metric="buffer_bytes", subset=ALL): Value(72.0, 53),
            Column(metric="class_entropy", subset=ALL): Value(1.5, 16),
        },
    )


@pytest.fixture
def scored(task: DenoisingTask) -> Any:
    return lambda samples: scores_of(task, samples)


def by_column(scores: tuple[Score, ...]) -> dict[tuple[str, str], Score]:
    return {(score.metric, score.subset): score for score in scores}


def test_a_stored_table_gives_every_score_again(scored: Any) -> None:
    samples = retained()
    table = stored_table(samples)
    assert table["subset"].to_pylist() == [ALL] * 53 + [NEW] * 7
    for name in ("energy", "variance", "decile", "replayed"):
        assert table[name].null_count == 7
    again = DenoisingSamples.read(table)
    assert scored(again) == scored(samples)
    assert again.table() == samples.table()
    found = by_column(scored(samples))
    assert found["buffer_bytes", ALL].value == 72
    assert found["new_task_error", NEW].n == 7
    assert found["reconstruction_forgetting", ALL].value == pytest.approx(samples.forgetting[:53].mean())
    assert found["reconstruction_forgetting", NOT_REPLAYED].n == int((~samples.replayed[:53]).sum())
    assert sum(found["reconstruction_forgetting", name].n for name in DECILES) == 53
    for subset in (ALL, NOT_REPLAYED):
        score = found["reconstruction_forgetting", subset]
        assert score.interval is not None
        assert score.interval.low < score.value < score.interval.high
        assert score.interval.basis == "normal approximation over samples"


def test_a_table_of_an_earlier_version_gives_them_too(scored: Any) -> None:
    """It had its own measurements under the key that the suite's have now."""
    samples = retained()
    older = json.dumps({"buffer_bytes": [72.0, 53], "class_entropy": [1.5, 16]}).encode()
    table: pa.Table = samples.table().replace_schema_metadata({MEASURED: older})
    assert scored(DenoisingSamples.read(table)) == scored(samples)


def test_without_samples_there_is_no_score(scored: Any) -> None:
    everything = retained(replayed=np.ones(53, dtype=bool))
    assert NOT_REPLAYED not in {score.subset for score in scored(everything)}
    tiny = retained(count=4)
    assert len([score for score in scored(tiny) if score.subset in DECILES]) == 4


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_deciles_are_even_and_ordered(values: list[int]) -> None:
    energy = np.array(values, dtype=np.float64)
    found = deciles(energy)
    counts = np.bincount(found, minlength=11)[1:]
    assert counts.sum() == len(values)
    assert counts.max() - counts.min() <= 1
    assert (np.diff(found[np.argsort(energy, kind="stable")]) >= 0).all()


def test_influence_is_what_a_mean_is_the_mean_of(scored: Any) -> None:
    samples = retained()
    for score in scored(samples):
        influence = samples.influence(score.column)
        if score.metric in ("reconstruction_forgetting", "reconstruction_error", "new_task_error"):
            if score.subset == NOT_REPLAYED:
                assert influence is None  # another method has other samples there
            else:
                assert influence is not None
                assert influence.basis == "normal approximation over samples"
                assert sum(part.mean() for part in influence.strata.values()) == pytest.approx(score.value)
        else:
            assert influence is None


def test_resamples_are_the_same_for_both_methods() -> None:
    one, other = retained(), retained(better=0.02)
    column = Column(metric="reconstruction_forgetting", subset=NOT_REPLAYED)
    drawn = [samples.resampled(column) for samples in (one, other)]
    assert drawn[0] is not None
    assert drawn[1] is not None
    assert [part.values.shape for part in drawn if part is not None] == [(RESAMPLES,)] * 2
    assert drawn[0].basis == "bootstrap over samples"  # and no strata
    np.testing.assert_allclose(drawn[0].values - drawn[1].values, 0.02)
    correlation = Column(metric="energy_correlation", subset=ALL)
    resampled, value = one.resampled(correlation), one.value(correlation)
    assert resampled is not None
    assert value is not None
    assert np.mean(resampled.values) == pytest.approx(value.value, abs=0.05)
    assert np.std(resampled.values) > 0.02
    assert one.resampled(Column(metric="buffer_bytes", subset=ALL)) is None
    none_left = replace(one, replayed=np.append(np.ones(53, dtype=bool), np.zeros(7, dtype=bool)))
    assert none_left.resampled(column) is None
