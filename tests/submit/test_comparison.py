"""What a pull request is told: where the rows of a submission stand among those of the board."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from suite.registry import Registry, load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.results.reading import read_results
from suite.store.rows import RunRow
from suite.submit import check
from suite.submit.comparison import as_markdown, compared, escaped, places_of
from suite.submit.pack import pack

from ..run.bench import PLUGIN, Steps
from ..support.command import Suite
from .desk import ABOUT

OTHERS = {"constant": "a-constant", "twin": "its-twin"}


@pytest.fixture(scope="module")
def installed() -> Registry:
    """Everything, and the fast methods as those of a distribution."""
    return load_registry((PLUGIN,))


@pytest.fixture(scope="module")
def absent() -> Registry:
    """The same, without these methods."""
    registry = load_registry((PLUGIN,))
    for name in OTHERS:
        del registry.methods._entries[f"fast/{name}"]
    return registry


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, installed: Registry) -> Path:
    """Two submissions of one method each, of different scores."""
    home = tmp_path_factory.mktemp("fast")
    settings = Settings(home=home, database=None, plugins=(PLUGIN,))
    Runner(installed, settings, Steps(), "inline").run(Request(("fast/count",), tuple(OTHERS)))
    reader = Reader(settings.database_url)
    runs = [released(reader.run(row.id)) for row in reader.latest_runs()]
    reader.close()
    for method, name in OTHERS.items():
        own = [run for run in runs if run.cell.method == f"fast/{method}"]
        pack(own, settings, installed, home / "submissions" / name, ABOUT, version="0.1.0", by="Ada")
    return home / "submissions"


def released(run: RunRow) -> RunRow:
    """Return a run as if its method had been installed from a release."""
    plugin = {"name": "fast:fast", "distribution": "fast-methods", "version": "1", "editable": False}
    return replace(run, environment={**(run.environment or {}), "plugin": plugin})


def test_rows_of_methods_that_are_not_installed_take_their_places(submissions: Path, absent: Registry) -> None:
    settings = Settings(home=submissions.parent, database=None, published=False, submissions=())
    rows = [
        row
        for folder in (submissions / name for name in OTHERS.values())
        for row in compared(read_results(folder / "results"), absent, places_of(folder, settings))
    ]
    assert sorted(row.method for row in rows) == ["constant", "twin"]
    assert {row.field for row in rows} == {2}
    assert all(row.rank for row in rows)
    table = as_markdown(rows)
    assert table.count("\n") == 4
    assert "| fast/count" in table


def test_both_are_fine(submissions: Path, absent: Registry, installed: Registry) -> None:
    for name in OTHERS.values():
        assert check(submissions / name, absent).problems == ()
        assert check(submissions / name, installed).problems == ()


@pytest.mark.parametrize("text", ["<b>", "[a](https://x)", "`x`", "@someone", "#12", "a|b", ":smile:", "$x$", "**a**"])
def test_nothing_of_a_text_is_markup(text: str) -> None:
    assert not set("<[`@#|:$*") & set(escaped(text).replace("&#", ""))


def test_the_command_prints_it(submissions: Path, tmp_path: Path, suite: Suite) -> None:
    folder = tmp_path / "a-constant"
    shutil.copytree(submissions / "a-constant", folder)
    told = suite.printed("submit", "check", str(folder), "--format", "markdown", SUITE_PLUGINS=str(PLUGIN))
    assert told.startswith("**a-constant is fine**")
    assert "| fast/count" in told
    (folder / "submission.yaml").write_text("name: <script>\n")
    done = suite("submit", "check", str(folder), "--format", "markdown", SUITE_PLUGINS=str(PLUGIN))
    assert done.returncode == 1
    assert "<" not in done.stdout
