"""A home with two finished runs and a failed one, and its board."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suite.board.artifact import load_board
from suite.cli.progress import Progress
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import load_settings

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"


@pytest.fixture(autouse=True)
def _own_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What other commands left in the machine's is no part of a test."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that every test has a copy of."""
    home = tmp_path_factory.mktemp("upkeep") / "home"
    home.mkdir()
    settings, registry = load_settings(home=home, plugins=(PLUGIN,)), load_registry((PLUGIN,))
    request = Request(tasks=("fast/count",), methods=("constant", "raises", "twin"), seeds=(0,))
    assert Runner(registry, settings, Progress(), "inline").run(request).states == {"done": 2, "failed": 1}
    load_board(settings, registry)
    return home


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: Path) -> Path:
    """The home folder."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def execute(home: Path) -> Iterator[Callable[..., list[Any]]]:
    """Run a statement on the store behind its back; return the rows."""
    connection = sqlite3.connect(home / "suite.db", isolation_level=None)
    yield lambda statement: connection.execute(statement).fetchall()
    connection.close()
