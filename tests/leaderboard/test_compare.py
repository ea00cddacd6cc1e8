"""Comparing methods, on the board of a real store."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from .conftest import (
    DIRECTIVE,
    IMG,
    Open,
    Store,
    assert_sound,
    board_with,
    grids,
    opened,
    query,
    row,
    specifications,
    table,
    texts,
    words,
)

SEEDS = range(5)


@pytest.fixture
def filled(store: Store) -> Store:
    """Three methods with five seeds on a task, two of them on another; the first is clearly the best."""
    for seed in SEEDS:
        store.run("alpha", seed, 0.90 + seed / 1000)
        store.run("beta", seed, 0.50 + seed / 500)
        store.run(IMG, seed, 0.505 + (seed % 2) / 50)
        for method, near in (("alpha", 0.6), ("beta", 0.7)):
            store.run(method, seed, near + seed / 300, task="demo/varied")
    return store


def test_pairs_are_compared_on_every_task_that_both_have(page: Open, filled: Store) -> None:
    app = page("compare", board=filled.board(), track="demo", methods=["alpha", "beta"])
    assert_sound(app)
    assert "beta against alpha , on 2 tables that both have: better on 1 ( varied" in words(app)
    assert "; worse on 1 ( plain )." in words(app)
    differences = grids(app)[0]
    assert [cell.words[:5] for cell in differences.cells("Task")] == ["plain", "varie"]
    assert differences.column("Difference")[0].startswith("−39")
    assert differences.column("Reading") == ["alpha is better", "beta is better"]
    assert differences.kinds == ["tied", "tied"]
    assert float(differences.column("p")[0]) < 0.001
    assert "Wins" not in grids(app)[-1].titles
    assert "Wins" in grids(opened(app, "compare.field"))[-1].titles


def test_differences_are_drawn_against_the_chosen_method(page: Open, filled: Store) -> None:
    app = page("compare", board=filled.board(), track="demo", methods=["alpha", "beta", IMG], base="beta")
    assert_sound(app)
    forest = specifications(app)[0]
    assert forest["description"].startswith("Difference to beta in accuracy, higher is better")
    assert "alpha on plain +39" in forest["description"]
    assert "told apart" in forest["description"]
    assert len(grids(app)[0].rows) == 4
    assert {pair.split(" − ")[1] for pair in grids(app)[0].column("Pair")[:2]} == {"beta"}


def test_every_choice_is_in_the_address(page: Open, filled: Store) -> None:
    app = page("compare", board=filled.board(), track="demo", methods=["alpha", "beta"])
    asked = query(app)
    assert asked.pop("settings") == ["default"]
    assert asked == {"track": ["demo"], "methods": ["alpha", "beta"], "base": ["alpha"], "columns": ["ranking"]}
    for wrong in ({"methods": ["alpha", "nobody"]}, {"methods": ["alpha", "beta"], "base": "nobody"}):
        assert "Not found" in words(page("compare", board=filled.board(), track="demo", **wrong))


def test_the_field_is_shown_pair_by_pair(page: Open, filled: Store) -> None:
    app = page("compare", board=filled.board(), track="demo")
    assert_sound(app)
    assert "Choose two methods or more" in words(app)
    (field,) = grids(app)
    assert field.column("Method")[0] == "alpha"
    assert field.column("Wins")[0] == "67 %"  # of both on the one task, of the one on the other
    assert field.column("Beats clearly")[0] == "1"  # of the other it is better on one of two
    chart = specifications(app)[0]
    assert "Win matrix of 3 methods" in chart["description"]
    assert chart["layer"][0]["encoding"]["href"]["field"] == "address"


def test_a_comparison_can_be_copied_and_downloaded(page: Open, filled: Store) -> None:
    board = filled.board()
    app = opened(page("compare", board=board, track="demo", methods=["alpha", "beta"]), "compare.sharing")
    assert_sound(app)
    codes = [code.value for code in app.code]
    assert any("methods=alpha&methods=beta" in code for code in codes)
    assert any("| beta − alpha |" in code for code in codes)
    assert any(r"\begin{tabular}" in code for code in codes)
    from suite.board.export import to_csv
    from suite.leaderboard.components.duel import duels
    from suite.leaderboard.components.told import flat

    made = duels(
        board, [e for e in board.entries if e.task == "demo/plain"], ("alpha", "beta"), metrics=True, parts=True
    )
    (line,) = csv.DictReader(io.StringIO(to_csv(flat(made))))
    assert (line["a"], line["b"], line["told apart"], line["seeds"]) == ("beta", "alpha", "True", "5")
    assert float(line["low"]) < float(line["difference"]) < float(line["high"]) < 0


def test_methods_without_a_common_seed_are_said(page: Open, store: Store) -> None:
    store.run("alpha", 0, 0.5)
    store.run("beta", 1, 0.5)
    app = page("compare", board=store.board(), track="demo", methods=["alpha", "beta"])
    assert_sound(app)
    assert "No table has two of them with a finished seed in common." in words(app)


def test_names_of_plugins_are_text(page: Open, filled: Store) -> None:
    app = page("compare", board=filled.board(), track="demo", methods=["alpha", IMG])
    assert_sound(app)
    assert IMG not in texts(app)
    assert not [text.value for text in app.markdown if DIRECTIVE in text.value]


def test_of_too_many_methods_the_first_are_compared_and_the_others_named(page: Open, store: Store) -> None:
    names = ["alpha", "beta", "gamma", "delta", "trained", "chance", "other", "more"]
    for seed in range(2):
        for number, name in enumerate(names):
            store.run(name, seed, 0.5 + (number + seed) / 50)
    app = page("compare", board=store.board(), track="demo", methods=names)
    assert_sound(app)
    assert "At most 6 are compared; left out: other, more." in words(app)
    assert query(app)["methods"] == names[:6]
    assert len(grids(app)[0].rows) == 15


def test_with_one_seed_the_samples_tell_the_spread(page: Open, store: Store) -> None:
    for name, right in (("alpha", 36), ("beta", 12)):
        marks = pa.table({"subset": ["near"] * 40, "mark": [1.0] * right + [0.0] * (40 - right)})
        store.run(name, 0, right / 40, marks)
    app = page("compare", board=store.board(), track="demo", methods=["alpha", "beta"])
    assert_sound(app)
    (line,) = grids(app)[0].rows
    shown = dict(zip(grids(app)[0].titles, line, strict=True))
    assert shown["Difference"].words == "−60.00"
    assert " to " in shown["Difference"].small
    assert shown["Reading"].words == "alpha is better"
    assert "marks" in shown["Rests on"].words


def test_methods_without_a_track_are_looked_for_on_every_track(page: Open) -> None:
    one = table("demo/tiny", "a", rows=(row("alpha", 1, 0.9), row("beta", 2, 0.8)))
    other = table("second/tiny", "b", rows=(row("gamma", 1, 0.9), row("delta", 2, 0.8)))
    app = page("compare", board=board_with(one, other), methods=["gamma"])
    assert_sound(app)
    assert query(app)["track"] == ["second"]
    assert app.multiselect(key="compare.methods").value == ["gamma"]
    nowhere = words(page("compare", board=board_with(one, other), methods=["gamma", "alpha"]))
    assert "There is no method “gamma” here." in nowhere
