"""Tables of HTML: shades, folding, ticks, pages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from .conftest import IMG, bodies, grids, words
from .grids import GridCell

PAGE = """
from suite.leaderboard.components import address
from suite.leaderboard.components.table import Cell, Head, Line, Ticks, draw_columns, draw_table

address.arrive("here")
heads = [
    Head("Rank"), Head("Name"), Head("Score", "score_x", "How good.", True, "higher", "score"),
    Head("Cost", number=True, better="lower"), Head("Same"), Head("Kept", stays=True), Head("Empty"),
]
lines = [
    Line((Cell(str(n)), Cell(NAME), Cell(f"{v}", "small", v), Cell(f"{c}", value=c),
          Cell("one", "two"), Cell("k"), Cell("–")), tick=f"t{n}" if n < 3 else "", kind=kind)
    for n, (v, c, kind) in enumerate(VALUES, 1)
]
try:
    draw_table(heads, lines, CAPTION, ticks=Ticks("compare", "Go", {"track": "x"}), sorted_by="score")
    draw_columns(heads)
    address.settle()
except address.Absent:
    pass
"""
VALUES = [(0.9, 3, "tied"), (0.5, 1, ""), (0.1, 2, ""), (1.5, 0.5, "aside")]


def drawn(values: object = VALUES, caption: str = "A caption", **parameters: str) -> AppTest:
    app = AppTest.from_string(f"NAME, VALUES, CAPTION = {IMG!r}, {values!r}, {caption!r}\n{PAGE}", default_timeout=30)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def styles(cells: list[GridCell]) -> list[str | None]:
    return [cell.attributes.get("style") for cell in cells]


def test_the_best_is_bold_others_are_shaded_and_rows_aside_are_neither() -> None:
    [grid] = grids(drawn())
    assert styles(grid.cells("Score")) == ["--heat:1.00;font-weight:700", "--heat:0.50", "--heat:0.00", None]
    assert styles(grid.cells("Cost")) == ["--heat:0.00", "--heat:1.00;font-weight:700", "--heat:0.50", None]


def test_columns_of_one_value_are_folded_unless_they_stay() -> None:
    app = drawn()
    [grid] = grids(app)
    assert grid.titles == ["Rank", "Name", "Score", "Cost", "Kept"]
    assert "The same in every row: Same: one two." in words(app)
    assert grids(drawn(VALUES[:1]))[0].titles[-1] == "Empty"  # of one row nothing can be told


def test_it_is_a_real_table() -> None:
    [grid] = grids(drawn(caption=IMG))
    assert grid.caption == IMG
    assert [head.attributes["scope"] for head in grid.heads] == ["col"] * 5
    assert all(row[1].tag == "th" and row[1].attributes["scope"] == "row" for row in grid.rows)
    assert grid.heads[2].attributes["aria-sort"] == "descending"
    assert grid.heads[2].links == ["here?sort=score"]
    assert grid.heads[2].attributes["title"] == "score_x How good."
    assert "number" in str(grid.cells("Score")[0].attributes["class"])


def test_rows_with_a_tick_are_sent_by_a_form() -> None:
    app = drawn()
    [grid] = grids(app)
    assert [bool(row[0].inputs) for row in grid.rows] == [True, True, False, False]
    assert '<input type="hidden" name="track" value="x">' in "".join(bodies(app))


@pytest.mark.parametrize(("page", "first", "rows"), [("1", "1", 200), ("3", "401", 5)])
def test_long_tables_have_pages(page: str, first: str, rows: int) -> None:
    app = drawn([(n / 1000, n, "") for n in range(405)], page=page)
    [grid] = grids(app)
    assert grid.column("Rank")[0] == first
    assert len(grid.rows) == rows
    assert "1–200 201–400 401–405 of 405" in words(app)
    assert grid.heads[2].links == ["here?sort=score"]  # another order begins at its first page


def test_a_page_that_is_not_there_says_so() -> None:
    app = drawn([(n / 1000, n, "") for n in range(405)], page="4")
    assert "Not found" in words(app)
    assert not grids(app)


def test_the_meaning_of_the_columns_can_be_read() -> None:
    assert "Score score_x How good." in words(drawn())
