"""Settings on the board: a table for each, former names under today's, and what runs of earlier versions recorded."""

from __future__ import annotations

import pytest

from suite.board.artifact import load_board
from suite.board.export import flat_axis, shown_axis
from suite.contracts import Axis, Column

from .conftest import Store, fill, place

VARIED = "demo/varied"
FINE, COARSE = ({"precision": value, "amount": "few"} for value in ("fine", "coarse"))


def test_every_setting_is_a_table_of_its_own(store: Store) -> None:
    fill(store, "alpha", [0.7, 0.72, 0.69, 0.7, 0.71], task=VARIED, setting=COARSE, protocol="c" * 64)
    fill(store, "beta", [0.6, 0.62, 0.59, 0.6, 0.61], task=VARIED, setting=COARSE, protocol="c" * 64)
    fill(store, "beta", [0.9, 0.92, 0.89, 0.9, 0.91], task=VARIED, setting=FINE)
    first, second = store.tables()
    assert (first.setting, [(row.name, place(row)) for row in first.rows]) == (FINE, [("beta", 1)])
    assert (second.setting, [(row.name, place(row)) for row in second.rows]) == (COARSE, [("alpha", 1), ("beta", 2)])
    assert first.current
    assert second.current
    assert (first.condition, first.arguments) == ("precision=fine, amount=few", ["--task", VARIED])
    assert second.arguments == ["--task", VARIED, "--setting", "precision=coarse"]


def test_a_cell_that_was_stored_before_is_at_the_defaults(store: Store) -> None:
    fill(store, "alpha", [0.7, 0.72, 0.69], task=VARIED)
    fill(store, "alpha", [0.7, 0.72, 0.69, 0.7, 0.71], task=VARIED, setting=FINE)
    (table,) = store.tables()
    assert table.setting == FINE
    assert table.rows[0].seeds == (0, 1, 2, 3, 4)


def test_axes_have_the_values_that_are_declared_and_those_that_were_run(store: Store) -> None:
    store.run("alpha", 0, 0.5, task=VARIED, setting={"precision": "coarse7", "amount": "few"})
    store.run("alpha", 0, 0.5, task=VARIED, setting={"precision": "coarsest", "amount": "few"})
    last, unknown = store.tables()
    assert [(axis.name, axis.values, axis.about) for axis in last.axes] == [
        ("precision", ("fine", "coarse", "coarser", "coarse7", "coarsest"), "How finely numbers are kept."),
        ("amount", ("few", "many"), ""),
    ]
    assert last.setting["precision"] == "coarse7"
    assert unknown.setting["precision"] == "coarsest"  # not allowed any more, and shown as it is stored


def test_the_newest_protocol_is_current_in_each_setting(store: Store) -> None:
    for setting in (FINE, COARSE):
        fill(store, "alpha", [0.7], task=VARIED, setting=setting, protocol="a" * 64)
    store.age()
    fill(store, "alpha", [0.8], task=VARIED, setting=FINE, protocol="b" * 64)
    assert [(table.setting["precision"], table.protocol[0], table.current) for table in store.tables()] == [
        ("fine", "b", True),
        ("fine", "a", False),
        ("coarse", "a", True),
    ]


def test_former_names_are_todays_in_the_setting_that_says_the_same(store: Store) -> None:
    store.run("alpha", 0, 0.5, task="demo/varied-coarse", protocol="o" * 64)
    store.run("gamma-coarse", 0, 0.6, task=VARIED, protocol="o" * 64)
    store.age()
    store.run("alpha", 0, 0.7, task=VARIED, setting=COARSE, protocol="n" * 64)
    newest, former = store.tables()
    assert (newest.task, newest.setting, newest.protocol[0], newest.current) == (VARIED, COARSE, "n", True)
    assert (former.task, former.setting, former.protocol[0], former.current) == (VARIED, COARSE, "o", False)
    assert [row.method for row in former.rows] == ["demo/alpha", "demo/gamma"]
    assert all(row.card for row in former.rows)


def test_a_method_may_keep_its_name_where_what_it_did_has_become_a_setting(store: Store) -> None:
    store.run("delta", 0, 0.5, task=VARIED)
    store.run("delta", 0, 0.6, task=VARIED, setting=FINE)
    store.run("delta", 0, 0.7)
    assert [(table.task, table.setting) for table in store.tables()] == [
        ("demo/plain", {}),
        (VARIED, FINE),
        (VARIED, COARSE),
    ]


def test_an_earlier_version_keeps_its_subsets_and_ranks_by_what_ranked(store: Store) -> None:
    for method, base in (("alpha", 0.6), ("beta", 0.8)):
        scores = {("accuracy", "coarse"): 1 - base, ("accuracy", "fine"): base, ("gone", "fine"): 3.0}
        for seed in range(5):
            spread = {column: value + seed**2 / 1000 * base for column, value in scores.items()}
            store.run(method, seed, 0.0, task=VARIED, scores=spread)
    (table,) = store.tables()
    assert table.primary == Column(metric="accuracy", subset="fine")
    assert table.subsets == ("test", "coarse", "fine")
    assert [str(column) for column in table.columns] == ["accuracy fine", "accuracy coarse"]  # no unknown metric
    assert [(row.name, place(row)) for row in table.rows] == [("beta", 1), ("alpha", 2)]


def test_an_earlier_version_without_a_subset_of_the_setting_ranks_by_its_first_column(store: Store) -> None:
    store.run("alpha", 0, 0.0, scores={("error", "all"): 0.2, ("accuracy", "all"): 0.8, ("accuracy", "b"): 0.8})
    (table,) = store.tables()
    assert table.primary == Column(metric="accuracy", subset="all")


def test_methods_by_the_values_of_an_axis(store: Store) -> None:
    fill(store, "alpha", [0.7, 0.72, 0.69, 0.7, 0.71], task=VARIED, setting=COARSE)
    fill(store, "alpha", [0.9, 0.9, 0.9, 0.9, 0.9], task=VARIED, setting=FINE)
    fill(store, "chance", [0.1, 0.1, 0.1, 0.1, 0.1], task=VARIED, setting=FINE)
    fill(store, "beta", [0.8], task=VARIED, setting={**FINE, "amount": "many"})
    board = load_board(store.settings, store.registry)
    tables = board.along(VARIED, "precision", {"amount": "few"})
    assert list(tables) == ["fine", "coarse"]
    assert shown_axis(tables) == [
        {"method": "alpha", "fine": "90.00, 1", "coarse": "70.40 ±1.42, 1"},
        {"method": "chance", "fine": "10.00, reference", "coarse": "–"},
    ]
    first, second = flat_axis(tables)
    assert (first["coarse"], first["coarse place"]) == (pytest.approx(0.704), 1)
    assert first["coarse low"] < first["coarse"] < first["coarse high"]
    assert (second["fine"], second["coarse"], second["fine place"]) == (pytest.approx(0.1), None, None)
    assert board.along(VARIED, "amount", FINE).keys() == {"few", "many"}


@pytest.mark.parametrize(
    ("owner", "attribute", "value"),
    [
        ("task", "axes", (Axis("precision", ("fine",)), Axis("amount", ("few",)))),
        ("task", "summary", "Another text."),
        ("task", "seeds", (0,)),
        ("method", "standing", "reference"),
        ("method", "needs", frozenset({"training data"})),
        ("method", "formerly", {"demo/other": {}}),
    ],
)
def test_whatever_the_board_shows_builds_it_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, owner: str, attribute: str, value: object
) -> None:
    store.run("alpha", 0, 0.5, task=VARIED)
    stamp = load_board(store.settings, store.registry).index.stamp
    changed = store.task(VARIED) if owner == "task" else store.registry.methods["demo/alpha"]
    monkeypatch.setattr(changed, attribute, value)
    assert load_board(store.settings, store.registry).index.stamp != stamp
