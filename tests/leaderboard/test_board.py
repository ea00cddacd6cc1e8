"""The page of a table: choices, table, what is not ranked, and names that mean mischief."""

from __future__ import annotations

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from suite.board.board import Board
from suite.board.export import flat_rows, to_csv
from suite.board.model import Difference
from suite.leaderboard.components.columns import PRESETS

from .conftest import (
    DIRECTIVE,
    FORMULA,
    IMG,
    TABLES,
    Open,
    assert_sound,
    board_with,
    bodies,
    grids,
    place,
    query,
    row,
    specifications,
    table,
    texts,
    varied,
    words,
    written,
)
from .grids import Grid

ACCURACY = "accuracy, near ↑ %"


def grid(app: AppTest) -> Grid:
    assert_sound(app)
    return grids(app)[0]


def methods(app: AppTest) -> list[str]:
    return grid(app).column("Method")


def test_first_task_is_shown_when_the_address_names_none(page: Open) -> None:
    app = page()
    shown = grid(app)
    assert "Title of demo/tiny" in words(app)
    assert app.selectbox(key="board.task").value == "demo/tiny"
    assert shown.column("Rank")[:3] == ["≈ 1", "≈ 2", "3"]
    assert [cell.small for cell in shown.cells("Rank")][:3] == ["1–2", "2–3", "3–4"]
    assert shown.column(ACCURACY)[0] == "90.00"
    assert shown.cells(ACCURACY)[0].small == "89.00–91.00"
    assert shown.column("Fit")[0] == "900 ms"
    assert shown.column("Status")[:2] == ["● paper", "▲ reconstruction"]


def test_the_address_holds_every_choice_and_its_defaults(page: Open) -> None:
    assert query(page()) == {
        "task": ["demo/tiny"],
        "protocol": ["a" * 12],
        "columns": ["compact"],
        "sort": ["rank"],
    }
    assert query(page(task="demo/wide", q="alpha"))["q"] == ["alpha"]
    assert query(page(track="second"))["task"] == ["second/only"]


def test_a_choice_is_written_and_what_belonged_to_the_former_gives_way(page: Open) -> None:
    app = page(board=varied(), **{"setting.precision": "coarse", "setting.sort": "few", "columns": "all metrics"})
    app.selectbox(key="board.task").set_value("demo/wide").run()
    assert_sound(app)
    assert written(app) == {
        "task": ["demo/wide"],
        "protocol": ["d" * 12],
        "columns": ["all metrics"],
        "sort": ["rank"],
    }


def test_address_selects_track_task_and_protocol(page: Open) -> None:
    assert page(track="demo", task="demo/wide").selectbox(key="board.task").value == "demo/wide"
    assert page(track="second").selectbox(key="board.task").value == "second/only"
    assert "not comparable" in words(page(task="demo/tiny", protocol="b" * 12))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("track", "nonsense"),
        ("task", "demo/nonsense"),
        ("columns", "all"),
        ("sort", "nonsense"),
        ("protocol", "f" * 12),
    ],
)
def test_address_of_something_that_is_not_there_says_so_and_shows_no_table(page: Open, name: str, value: str) -> None:
    app = page(**{name: value})
    assert_sound(app)
    assert "Not found" in words(app)
    assert value in words(app)
    assert not grids(app)
    assert written(app) == {name: [value]}  # left as it was asked
    assert any(f"board?{name}=" in body for body in texts(app).splitlines())


def test_a_task_that_is_not_installed_is_named(page: Open) -> None:
    board = board_with(*TABLES, not_installed={"gone/task": 12})
    said = words(page(board=board, task="gone/task"))
    assert "The store has 12 runs of gone/task" in said
    assert "gone/task (12 runs)" in words(page("home", board=board))


def with_privileges() -> Board:
    """Return a board whose first task has rows of two kinds of access, and references."""
    best = Difference(mean=-0.05, low=-0.07, high=-0.03, p=0.001, basis="t over seeds")
    away = best.model_copy(update={"mean": -0.45})
    rows = (
        row("alpha", 1, 0.9, rank=place(1, difference=best), together=place(2, worst=2, tied=False)),
        row("trained", 1, 0.95, access=("training data", IMG), together=place(1, worst=2)),
        row("chance", None, 0.5, standing="reference", aside=away),
        row("removed", None, 0.5, standing="not installed", unranked="its method is not installed"),
    )
    return board_with(table("demo/tiny", "a", rows=rows))


def test_a_privilege_is_ranked_with_the_others_on_request(page: Open) -> None:
    app = page(board=with_privileges())
    assert grid(app).column("Rank")[:2] == ["1", "1"]
    assert grid(app).column("Access")[:2] == ["none", f"training data, {IMG}"]
    app.toggle(key="board.together").set_value(True).run()
    assert dict(zip(methods(app)[:2], grid(app).column("Rank"), strict=False)) == {"trained": "1", "alpha": "2"}
    assert written(app)["together"] == ["true"]
    assert not page().toggle  # one access: nothing to rank together


def test_differences_have_their_interval_and_references_take_no_place(page: Open) -> None:
    shown = grid(page(board=with_privileges()))
    assert shown.column("Rank")[2:] == ["reference", "–"]
    assert shown.column("To the best") == ["−5.00", "−10.00", "−45.00", "–"]
    assert shown.cells("To the best")[0].small == "−7.00 to −3.00"
    assert "p = 0.001" in str(shown.cells("To the best")[0].attributes["title"])
    said = words(page(board=with_privileges()))
    assert "1 row: its method is not installed: removed." in said


def test_rows_not_told_apart_from_the_best_have_a_sign_and_a_shade_and_are_counted(page: Open) -> None:
    shown = grid(page())
    assert "2 of 5 are not told apart from the best: alpha, beta (temperature=2)" in shown.caption
    assert shown.kinds[:3] == ["tied", "tied", ""]
    assert shown.kinds[-1] == "aside"


def test_every_axis_has_a_box_with_the_values_that_have_results(page: Open) -> None:
    app = page(board=varied())
    assert app.selectbox(key="board.setting.precision").options == ["fine", "coarse"]
    assert app.selectbox(key="board.setting.precision").help == r"How finely numbers are kept\."
    assert app.selectbox(key="board.setting.sort").options == ["few", IMG]
    assert "(precision=fine, sort=few)" in words(app)
    assert grid(app).column(ACCURACY)[0] == "90.00"
    app.selectbox(key="board.setting.precision").set_value("coarse").run()
    assert app.selectbox(key="board.setting.sort").options == ["few"]
    assert grid(app).column(ACCURACY)[0] == "60.00"


def test_the_address_chooses_the_setting(page: Open) -> None:
    app = page(board=varied(), **{"setting.precision": "coarse", "setting.sort": "few"})
    assert grid(app).column(ACCURACY)[0] == "60.00"
    assert "Not found" in words(page(board=varied(), **{"setting.precision": "coarser"}))


def test_search_filters_by_name_and_author_takes_alternatives_and_keeps_ranks(page: Open) -> None:
    app = page(q="bob")
    assert methods(app) == ["beta (temperature=2)"]
    assert grid(app).column("Rank") == ["≈ 2"]
    assert "6 rows are hidden" in grid(app).caption
    app.text_input(key="board.q").set_value("alpha, bob").run()
    assert methods(app) == ["alpha", "beta (temperature=2)"]
    app.text_input(key="board.q").set_value(IMG + "nobody").run()
    assert_sound(app)
    assert "No method matches" in words(app)
    assert not grids(app)


FINE = "weight scales per-channel, trained on labels"


def with_groups() -> Board:
    """Return a board whose first task has rows of two groups, one row that states nothing, and one that failed."""
    fine = {"weight scales": "per-channel", "trained on": "labels"}
    rows = (
        row("alpha", 1, 0.9, facts=fine),
        row("beta", 2, 0.8, facts={**fine, "weight scales": DIRECTIVE}),
        row("gamma", 3, 0.7, facts=fine),
        row("older", 4, 0.6),
        row("lame", None, 0.5, seeds=(), unranked="seeds 0, 1 are not done"),
    )
    first = table("demo/tiny", "a").model_copy(update={"rows": rows, "comparable_by": ("weight scales", "trained on")})
    return board_with(first, table("demo/wide", "c"))


def test_choosing_comparable_rows_keeps_their_ranks(page: Open) -> None:
    app = page(board=with_groups())
    control = app.selectbox(key="board.comparable")
    assert control.options[:2] == ["All rows", FINE]
    assert "Ranks do not change" in control.help
    control.set_value(FINE).run()
    assert methods(app) == ["alpha", "gamma"]
    assert grid(app).column("Rank") == ["≈ 1", "3"]
    assert methods(page(board=with_groups(), comparable=FINE, q="gam")) == ["gamma"]
    assert "Not found" in words(page(board=with_groups(), comparable="nonsense"))


def test_rows_of_a_task_that_names_no_facts_cannot_be_chosen(page: Open) -> None:
    app = page(board=with_groups(), comparable=FINE)
    app.selectbox(key="board.task").set_value("demo/wide").run()
    assert "board.comparable" not in [control.key for control in app.selectbox]
    assert "alpha" in methods(app)


def test_presets_choose_columns(page: Open) -> None:
    compact, sets, every = (set(grid(page(columns=name)).titles) for name in PRESETS)
    assert sets - compact == {"accuracy, near/one ↑ %"}
    assert every - sets == {"delay, near ↓ s"}


def test_columns_that_say_the_same_in_every_row_are_folded(page: Open) -> None:
    app = page()
    assert "Version" not in grid(app).titles
    assert "The same in every row: Version: 1." in words(app)
    assert "Coverage" in grid(app).titles


def test_sorting_is_best_first_with_rows_that_are_not_ranked_last(page: Open) -> None:
    shown = grid(page(columns="all metrics", sort="delay near"))
    assert shown.column("Rank")[0] == "5"  # the shortest delay of those ranked
    assert shown.column("Rank")[-2:] == ["–", "–"]
    head = next(cell for cell in shown.heads if cell.words.startswith("delay"))
    assert head.attributes["aria-sort"] == "ascending"
    by_cost = grid(page(sort="cost fit_seconds"))
    assert by_cost.column("Method")[0] == FORMULA or by_cost.column("Rank")[0] == "5"


def test_heads_lead_to_the_page_in_their_order(page: Open) -> None:
    shown = grid(page(q="a"))
    link = next(cell.links[0] for cell in shown.heads if cell.words == "accuracy, far ↑ %")
    assert link.startswith("board?")
    assert "sort=accuracy+far" in link
    assert "q=a" in link


def test_rows_that_are_not_ranked_and_partial_ones_say_so(page: Open) -> None:
    app = page()
    shown = grid(app)
    assert shown.column("Rank")[-2:] == ["–", "–"]
    assert shown.cells(ACCURACY)[-2].small == "94.00–96.00, partial"
    assert shown.column("Coverage")[-2:] == ["2/2 seeds, partial: near", "1/2 seeds, 1 oom"]
    said = words(app)
    assert "1 row: partial mean beside complete ones: half." in said
    assert "1 row: seeds 1 are not done: lame." in said
    assert "near/two" in said


def test_many_rows_of_one_reason_are_folded(page: Open) -> None:
    lacking = tuple(row(f"m{n}", None, 0.5, unranked="seeds 0, 1 are not done") for n in range(34))
    app = page(board=board_with(table("demo/tiny", "a", rows=(row("alpha", 1, 0.9), *lacking))))
    assert_sound(app)
    assert words(app).count("seeds 0, 1 are not done") == 1
    assert "34 rows: seeds 0, 1 are not done: m0, m1, m2 and 31 more" in words(app)
    assert "m33" in words(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comparable", "xyz"),
        ("together", "maybe"),
        ("page", "abc"),
        ("page", "-1"),
        ("setting.precision", "W8A8"),
        ("track", "second"),
    ],
)
def test_what_a_table_does_not_have_is_said_though_its_control_is_not_drawn(page: Open, name: str, value: str) -> None:
    app = page(task="demo/tiny", **{name: value})
    assert_sound(app)
    assert "Not found" in words(app)
    assert not grids(app)
    assert not query(app).keys() - {"task", name}


def test_one_parameter_with_two_values_is_asked_back(page: Open) -> None:
    app = page(task=["demo/tiny", "demo/wide"])
    assert_sound(app)
    assert "names several values where this page shows one task" in words(app)
    assert {"demo/tiny", "demo/wide"} <= set(words(app).split())
    assert grids(page(task=["demo/wide", "demo/wide"]))


def test_a_parameter_that_the_page_does_not_know_is_named_and_leaves_the_address(page: Open) -> None:
    app = page(nosuch="1", task="demo/wide")
    assert_sound(app)
    assert "names what this page does not have: nosuch." in words(app)
    assert "nosuch" not in query(app)
    assert "does not have" not in words(page(task="demo/wide", track="demo", page="1", together="false"))


def test_long_texts_of_the_address_are_cut(page: Open) -> None:
    said = words(page(q="x" * 300))
    assert "x" * 200 in said
    assert "x" * 201 not in said
    assert "y" * 201 not in words(page(task="y" * 300))


def test_payload_names_are_shown_as_text(page: Open) -> None:
    for app in (page(), page(task="second/only"), page(board=varied(), **{"setting.sort": IMG})):
        assert_sound(app)
        assert "<img" not in texts(app)
        assert "&lt;img" in "".join(bodies(app))
        assert not any(
            link.startswith("javascript") for grid in grids(app) for r in grid.rows for c in r for link in c.links
        )


def test_rows_lead_to_their_methods_and_can_be_ticked_for_comparing(page: Open) -> None:
    app = page()
    shown = grid(app)
    assert shown.cells("Method")[0].links == ["method?method=demo%2Falpha"]
    assert shown.cells("Method")[0].tag == "th"
    ticks = [cell.inputs[0] for cell in shown.cells("Rank")]
    assert ticks[0]["name"] == "methods"
    assert [tick["value"] for tick in ticks[:2]] == ["alpha", "beta (temperature=2)"]
    assert '<form method="get" action="compare"><input type="hidden" name="track" value="demo">' in texts(app)


def test_chart_marks_the_tied_and_leads_to_methods(page: Open) -> None:
    [chart] = specifications(page())
    assert "not told apart from the best" in chart["description"]
    marks = chart["layer"]
    assert [layer["encoding"].get("href", {}).get("field") for layer in marks if layer["mark"]["type"] == "point"] == [
        "address"
    ]
    scale = next(layer for layer in marks if layer["mark"]["type"] == "point")["encoding"]["shape"]["scale"]
    assert scale == {
        "domain": ["paper", "reconstruction", "not installed"],
        "range": ["circle", "triangle-up", "cross"],
    }
    assert marks[0]["mark"]["type"] == "bar"  # the ground of those that are tied


def test_many_rows_are_paged_and_the_chart_shows_the_first(page: Open) -> None:
    rows = tuple(row(f"m{number}", number, 1 - number / 1000) for number in range(1, 451))
    app = page(board=board_with(table("demo/tiny", "a", rows=rows)), page="3")
    assert methods(app)[0] == "m401"
    assert len(methods(app)) == 50
    assert "1–200" in words(app)
    [chart] = specifications(app)
    assert "40 of 450 methods" in chart["description"]
    assert chart["height"] < 1500


def test_csv_escapes_formulas_in_text_alone() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(flat_rows(TABLES[0])))))
    assert "'" + FORMULA in [row["method"] for row in rows]
    assert float(rows[0]["accuracy near"]) == 0.9


def test_texts_below_say_what_the_numbers_mean(page: Open) -> None:
    said = words(page())
    assert "t over seeds" in said
    assert "97 % right" in said
