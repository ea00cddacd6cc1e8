"""Pages that show one table, or all of a track: which one they choose, and what they say where there is none."""

from __future__ import annotations

import pytest

from .conftest import Open, assert_sound, board_with, query, table, words


@pytest.mark.parametrize("name", ["board", "compare", "cost", "matrix"])
def test_an_empty_board_says_what_to_type(page: Open, name: str) -> None:
    app = page(name, board=board_with())
    assert_sound(app)
    assert "Nothing to show yet" in words(app)
    assert app.code[0].value == "suite run"


@pytest.mark.parametrize("name", ["board", "cost"])
def test_a_track_leads_to_the_first_of_its_tasks(page: Open, name: str) -> None:
    first, second = table("demo/tiny", "a"), table("second/tiny", "b")
    app = page(name, board=board_with(first, second), track="second")
    assert_sound(app)
    assert query(app)["task"] == ["second/tiny"]
