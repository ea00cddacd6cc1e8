"""The app around the pages: no store yet, pages of third parties, pages that fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from suite.board.watch import look
from suite.leaderboard.components import source
from suite.leaderboard.worker import served_folder
from suite.registry import load_registry

from .conftest import Open, Store, assert_sound, board_with, grids, texts, words, written


def test_built_in_pages_come_by_the_hook() -> None:
    pages = {entry.name: entry for entry in load_registry().pages}
    assert {"home", "board", "tasks", "methods", "task", "method", "run"} <= set(pages)
    assert not pages["run"].value.listed
    assert pages["board"].plugin.name == "leaderboard"
    assert all(entry.value.script.is_file() for entry in pages.values())


@pytest.mark.parametrize("name", ["home", "board", "tasks", "task", "methods", "method"])
def test_no_store_yet_says_suite_run(page: Open, name: str) -> None:
    app = page(name, board=None)
    assert_sound(app)
    assert app.title[0].value == "Nothing to show yet"
    assert app.code[0].value == "suite run"


def test_board_without_tables_says_suite_run(page: Open) -> None:
    app = page(board=board_with())
    assert_sound(app)
    assert app.code[0].value == "suite run"


def test_board_of_a_real_store(page: Open, store: Store) -> None:
    for seed in range(5):
        store.run("alpha", seed, 0.8 + seed / 100)
        store.run("beta", seed, 0.9 + seed / 50)
    look(store.settings, source.registry(), served_folder(store.settings))
    app = page(board=None)
    assert_sound(app)
    [grid] = grids(app)
    assert grid.column("Method") == ["beta", "alpha"]
    assert [rank.lstrip("≈ ") for rank in grid.column("Rank")] == ["1", "2"]


def test_every_page_has_its_title_and_one_first_heading(page: Open) -> None:
    places = {"home": {}, "board": {}, "tasks": {}, "methods": {}, "task": {"id": "demo/tiny"}}
    titles = set()
    for name, parameters in places.items():
        app = page(name, **parameters)
        titles.add(app.session_state["title"])
        assert texts(app).count("<h1>") == 1
    assert titles == {"", "Title of demo/tiny", "Tasks", "Methods"}  # the table and the task have the same


def test_navigation_keeps_the_track_and_the_task(page: Open) -> None:
    bar = next(body for body in texts(page("task", id="demo/wide")).splitlines() if 'class="bar"' in body)
    assert 'href="tasks?track=demo"' in bar
    assert 'href="board?track=demo&amp;task=demo%2Fwide"' in bar
    bar = next(body for body in texts(page("tasks")).splitlines() if 'class="bar"' in body)
    assert '<a href="tasks" aria-current="page">Tasks</a>' in bar
    assert '<a href="./">Home</a>' in bar


@pytest.mark.usefixtures("third_party")
def test_pages_of_third_parties_are_shown_and_broken_ones_named(page: Open) -> None:
    app = page()
    assert_sound(app)
    assert r"Absent page" in app.warning[0].value
    assert "Title of demo/tiny" in words(app)
    assert 'href="good">Good page</a>' in texts(app)


def addresses(app: AppTest) -> dict[str, str]:
    """Return the pages by their address, as Streamlit's own test keeps them from 1.63 on."""
    if not hasattr(app, "_registered_pages"):
        pytest.skip("this release of Streamlit does not tell a test its pages")
    return {str(page["url_pathname"]): key for key, page in app._registered_pages.items()}


@pytest.mark.usefixtures("third_party")
def test_page_that_raises_takes_no_other_down(page: Open) -> None:
    app: AppTest = page()
    registered = addresses(app)
    for name, said in (("raises", "This page failed"), ("good", "Good")):
        app._page_hash = registered[name]
        app.run()
        assert not app.exception
        assert said in texts(app)
    assert "secret" not in texts(app)


def test_the_page_of_the_documentation_works(page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = (Path(__file__).parents[2] / "docs" / "leaderboard.md").read_text()
    plugin, script = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    (tmp_path / "worst_plugin.py").write_text(plugin)
    (tmp_path / "worst.py").write_text(script)
    monkeypatch.setenv("SUITE_PLUGINS", str(tmp_path / "worst_plugin.py"))
    app = page()
    app._page_hash = addresses(app)["worst"]
    app.run()
    assert_sound(app)
    [grid] = grids(app)
    assert grid.column("Last row") == ["lame"] * 3
    app.selectbox(key="worst.track").set_value("second").run()
    assert written(app) == {"track": ["second"]}


def test_wrong_setting_is_said_with_its_remedy(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_WORKERS", "none")
    app = page(board=None)
    assert_sound(app)
    assert app.code[0].value == "unset SUITE_WORKERS"
