"""What is said below a table: of intervals that are over different things, which are over what."""

from __future__ import annotations

from suite.board.notes import NONE, notes
from suite.contracts import Interval

from .conftest import Store, fill


def intervals(store: Store) -> list[str]:
    (table,) = store.tables()
    return [heading for heading, text in notes(table) if heading.startswith("interval")]


def test_one_kind_of_interval_needs_no_more_words(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.82, 0.81])
    fill(store, "delta", [0.7, 0.72, 0.71])
    assert intervals(store) == ["interval"]


def test_of_several_kinds_each_names_its_rows(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.82, 0.81])
    store.run("delta", 0, 0.7, interval=Interval(0.6, 0.8, 0.95, "test samples", 100))
    assert sorted(intervals(store)) == ["interval of alpha", "interval of delta"]


def test_of_several_kinds_each_names_its_columns_where_these_differ(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.82, 0.81])
    (table,) = store.tables()
    (row,) = table.rows
    other = row.values[0].model_copy(update={"subset": "far", "basis": "normal, over runs"})
    values = (*row.values, other)
    table = table.model_copy(update={"rows": (row.model_copy(update={"values": values}),)})
    found = [heading for heading, _ in notes(table) if heading.startswith("interval")]
    assert sorted(found) == ["interval of accuracy far", "interval of accuracy near"]


def test_an_interval_that_the_ranks_do_not_rest_on_names_its_column(store: Store) -> None:
    store.run("alpha", 0, 0.8)
    (table,) = store.tables()
    (row,) = table.rows
    other = row.values[0].model_copy(update={"subset": "far", "basis": "bootstrap over samples"})
    table = table.model_copy(update={"rows": (row.model_copy(update={"values": (*row.values, other)}),)})
    found = {heading: text for heading, text in notes(table) if heading.startswith("interval")}
    assert list(found) == ["interval of accuracy near", "interval of accuracy far"]
    assert found["interval of accuracy near"] == NONE
