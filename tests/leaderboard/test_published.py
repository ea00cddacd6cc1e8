"""The server's pages and API where there is no store: published runs are shown, and each opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.board.artifact import load_board
from suite.registry import load_registry
from suite.settings import load_settings

from ..board.publishing import cell, publish, run_of
from .conftest import PLUGIN, Open, assert_sound, words


@pytest.fixture
def published_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The id of a run of a submission, in a home without a store."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    runs = [run_of(cell("alpha", seed), 0.9 + seed / 100) for seed in range(5)]
    publish(tmp_path / "home" / "submissions", "theirs", runs)
    load_board(load_settings(), load_registry((PLUGIN,)))
    return runs[0].id


def test_pages_show_what_is_published(page: Open, published_run: str) -> None:
    app = page("home", board=None)
    assert_sound(app)
    assert "no store yet" not in words(app)
    assert "1 published" in words(page("task", board=None, id="demo/plain"))
    app = page("run", board=None, run=published_run[:10])
    assert_sound(app)
    assert "published in theirs by Ada, until 2026-01-02, on Abacus 9, 4 cores (submitted" in words(app)
    assert "the method could reach labels and scores" in words(app)
    assert_sound(page("method", board=None, method="demo/alpha"))
