"""The matrix of a track: values, places, who ties, and holes that stay holes."""

from __future__ import annotations

from .conftest import (
    DIRECTIVE,
    IMG,
    PAYLOADS,
    Open,
    assert_sound,
    board_with,
    grids,
    query,
    row,
    table,
    texts,
    varied,
    words,
)

TINY, WIDE = "tiny ↑ %", "wide ↑ %"


def test_values_places_ties_and_mean_ranks(page: Open) -> None:
    app = page("matrix", track="demo")
    assert_sound(app)
    (made,) = grids(app)
    assert made.titles[:4] == ["Method", "Mean rank", TINY, WIDE]
    assert made.column("Method")[:2] == ["alpha", "beta (temperature=2)"]
    assert made.column("Mean rank")[:2] == ["1.00", "2.00"]
    assert made.column(TINY)[:2] == ["90.00", "80.00"]
    assert [cell.small for cell in made.cells(TINY)][:3] == ["≈ 1 (1–2)", "≈ 2 (2–3)", "3 (3–4)"]
    assert made.column("First on")[:2] == ["2", "0"]
    assert "The mean rank is over the 2 tables on which 5 methods all have a place: tiny, wide." in made.caption


def test_cells_lead_to_tables_and_methods_to_their_page(page: Open) -> None:
    (made,) = grids(page("matrix", track="demo"))
    assert made.cells("Method")[0].links == ["method?method=demo%2Falpha"]
    assert made.cells(TINY)[0].links[0].startswith("board?track=demo&task=demo%2Ftiny")
    assert made.cells("Method")[0].inputs[0]["value"] == "alpha"


def test_a_missing_cell_is_never_filled(page: Open) -> None:
    board = board_with(
        table("demo/tiny", "a", rows=(row("alpha", 1, 0.9), row("beta", 2, 0.8))), table("demo/wide", "c")
    )
    (made,) = grids(page("matrix", board=board, track="demo"))
    lines = dict(zip(made.column("Method"), zip(made.column(TINY), made.column("Coverage"), strict=True), strict=True))
    assert lines["alpha"] == ("90.00", "2 of 2")
    assert lines["half"] == ("–", "0 of 2")
    assert IMG not in texts(page("matrix", board=board, track="demo"))


def test_order_and_search_are_in_the_address(page: Open) -> None:
    app = page("matrix", track="demo", sort="method", q="alpha, beta")
    assert_sound(app)
    (made,) = grids(app)
    assert made.column("Method") == ["alpha", "beta (temperature=2)"]
    assert "rows are hidden; ranks are those of all." in made.caption
    assert query(app) == {"track": ["demo"], "settings": ["default"], "sort": ["method"], "q": ["alpha, beta"]}
    by_value = grids(page("matrix", track="demo", sort=_file(page)))[0]
    assert by_value.column(TINY)[:2] == ["90.00", "80.00"]
    assert "No method matches" in words(page("matrix", track="demo", q="nobody"))


def _file(page: Open) -> str:
    from .conftest import BOARD

    return next(entry.file for entry in BOARD.entries if entry.task == "demo/tiny")


def test_settings_are_one_a_task_unless_all_are_asked_for(page: Open) -> None:
    one = grids(page("matrix", board=varied(), track="demo"))[0]
    assert [title for title in one.titles if "varied" in title] == ["varied fine few ↑ %"]
    every = grids(page("matrix", board=varied(), track="demo", settings="all"))[0]
    assert len([title for title in every.titles if "varied" in title]) == 3


def test_unknown_names_are_not_found(page: Open) -> None:
    for wrong in ({"track": "nothing"}, {"track": "demo", "sort": "nothing"}, {"track": "demo", "settings": "x"}):
        assert "Not found" in words(page("matrix", **wrong))


def test_names_of_plugins_are_text(page: Open) -> None:
    app = page("matrix", track="second")
    assert_sound(app)
    assert all(payload in words(app) for payload in PAYLOADS[1:])
    assert IMG not in texts(app)
    assert not [text.value for text in app.markdown if DIRECTIVE in text.value]
