"""Rows side by side: the board's own answer in the primary column, and the same rule in every other."""

from __future__ import annotations

import pyarrow as pa
import pytest

from suite.board.comparison import Comparison, compare
from suite.board.model import Table
from suite.contracts import Column
from suite.errors import SuiteError

from .conftest import Store, fill

NEAR, FAR = Column(metric="accuracy", subset="near"), Column(metric="accuracy", subset="far")
VALUES = {
    "alpha": [0.80, 0.82, 0.81, 0.79, 0.83],
    "beta": [0.90, 0.92, 0.91, 0.89, 0.935],
    "delta": [0.60, 0.61, 0.63, 0.62, 0.60],
}


def filled(store: Store) -> Table:
    for name, values in VALUES.items():
        for seed, value in enumerate(values):
            store.run(name, seed, value, scores={("accuracy", "near"): value, ("accuracy", "far"): value / 2})
    (table,) = store.tables()
    return table


def scores(table: Table) -> pa.Table:
    rows = [
        {"label": row.label, "seed": run.seed, "metric": "accuracy", "subset": subset, "value": run.value * factor}
        for row in table.rows
        for run in row.scored
        if run.value is not None
        for subset, factor in (("near", 1.0), ("far", 0.5))
    ]
    return pa.Table.from_pylist(rows)


def compared(table: Table, *names: str, columns: tuple[Column, ...] = (NEAR,)) -> list[Comparison]:
    rows = [next(row for row in table.rows if row.label == name) for name in names]
    return compare(table, rows, columns, scores(table), lambda run: None)


def test_every_pair_in_every_column(store: Store) -> None:
    found = compared(filled(store), "alpha", "beta", "delta", columns=(NEAR, FAR))
    assert [(each.a, each.b, each.column.subset) for each in found] == [
        (a, b, subset)
        for subset in ("near", "far")
        for a, b in (("alpha", "beta"), ("alpha", "delta"), ("beta", "delta"))
    ]
    assert {each.seeds for each in found} == {5}


def test_it_agrees_with_the_board(store: Store) -> None:
    table = filled(store)
    first = table.rows[0]
    for row in table.rows[1:]:
        (found,) = compared(table, row.label, first.label)
        assert row.difference is not None
        assert found.difference.mean == pytest.approx(row.difference.mean)
        assert found.difference.basis == table.comparison
        assert (found.difference.p < 0.05) == (row.rank is not None and not row.rank.tied)


def test_the_other_way_round_is_the_opposite(store: Store) -> None:
    table = filled(store)
    (one,), (other,) = compared(table, "alpha", "beta"), compared(table, "beta", "alpha")
    assert one.difference.mean == -other.difference.mean
    assert (one.difference.low, one.difference.high) == (-other.difference.high, -other.difference.low)


def test_more_pairs_cost_more(store: Store) -> None:
    table = filled(store)
    alone, among = compared(table, "alpha", "beta")[0], compared(table, "alpha", "beta", "delta")[0]
    assert alone.difference.mean == among.difference.mean
    assert among.difference.high - among.difference.low > alone.difference.high - alone.difference.low


def test_p_and_interval_agree(store: Store) -> None:
    for found in compared(filled(store), "alpha", "beta", "delta", columns=(NEAR, FAR)):
        assert found.difference.low is not None
        assert found.difference.high is not None
        assert (found.difference.p < 0.05) == (found.difference.low > 0 or found.difference.high < 0)


def test_only_common_seeds_count(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.9, 0.7])
    fill(store, "beta", [0.6, 0.7, 0.55, 0.6, 0.6])
    (table,) = store.tables()
    (found,) = compared(table, "alpha", "beta")
    assert found.seeds == 3
    assert found.difference.mean == pytest.approx(0.8 - 1.85 / 3)


def test_one_seed_without_samples_has_a_difference_and_no_interval(store: Store) -> None:
    fill(store, "alpha", [0.8])
    fill(store, "beta", [0.6])
    (table,) = store.tables()
    (found,) = compared(table, "alpha", "beta")
    assert found.difference.mean == pytest.approx(0.2)
    assert (found.difference.low, found.difference.p, found.difference.basis) == (None, None, "")


def test_rows_without_a_common_seed_are_refused(store: Store) -> None:
    store.run("alpha", 0, 0.8)
    store.run("beta", 1, 0.8)
    (table,) = store.tables()
    with pytest.raises(SuiteError, match="alpha and beta have no finished seed in common"):
        compared(table, "alpha", "beta")
