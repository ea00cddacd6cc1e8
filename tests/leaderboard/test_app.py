"""The app around the pages: no store yet, pages of third parties, pages that fail."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from suite.board.model import Board
from suite.registry import load_registry

from .conftest import BOARD, Open, Store, assert_sound, texts


def test_built_in_pages_come_by_the_hook() -> None:
    pages = {entry.name: entry for entry in load_registry().pages}
    assert {"track", "task", "method", "run"} <= set(pages)
    assert not pages["run"].value.listed
    assert pages["track"].plugin.name == "leaderboard"


@pytest.mark.parametrize("name", ["track", "task", "method"])
def test_no_store_yet_says_suite_run(page: Open, name: str) -> None:
    app = page(name, board=None)
    assert_sound(app)
    assert app.title[0].value == "Nothing to show yet"
    assert app.code[0].value == "suite run"


def test_board_without_tables_says_suite_run(page: Open) -> None:
    empty = Board(suite="0", built="now", stamp="", tracks=BOARD.tracks, tables=())
    app = page(board=empty)
    assert_sound(app)
    assert app.code[0].value == "suite run"


def test_board_of_a_real_store(page: Open, store: Store) -> None:
    for seed in range(5):
        store.run("alpha", seed, 0.8 + seed / 100)
        store.run("beta", seed, 0.9 + seed / 50)
    app = page(board=None)
    assert_sound(app)
    assert list(app.dataframe[0].value["rank"]) == ["1", "2"]


@pytest.mark.usefixtures("third_party")
def test_pages_of_third_parties_are_shown_and_broken_ones_named(page: Open) -> None:
    app = page()
    assert_sound(app)
    assert r"Absent page" in app.warning[0].value
    assert app.title[0].value.startswith("Demonstration")


@pytest.mark.usefixtures("third_party")
def test_page_that_raises_takes_no_other_down(page: Open) -> None:
    app: AppTest = page()
    registered = {str(each["url_pathname"]): key for key, each in app._registered_pages.items()}
    for name, said in (("raises", "This page failed"), ("good", "Good")):
        app._page_hash = registered[name]
        app.run()
        assert not app.exception
        assert said in texts(app)
    assert "secret" not in texts(app)


def test_wrong_setting_is_said_with_its_remedy(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_WORKERS", "none")
    app = page(board=None)
    assert_sound(app)
    assert app.code[0].value == "unset SUITE_WORKERS"
