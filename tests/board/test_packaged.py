"""The results that come with the package: a fresh install shows them at once, and some of them are made again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from suite.board.artifact import load_board
from suite.board.ready import READY
from suite.cli.overview import MANY
from suite.registry import load_registry
from suite.settings import load_settings
from suite.store.published import packaged_folders, published
from suite.store.results.reading import read_results

LEAST = 900
"""Published rows at least. The goal is 400; docs/board.md says how many there are."""
LARGEST = 20 * 2**20
CHEAP = ("basins/d50", "ood/digits", "replay/hopfield")
"""Embedded tasks of which a cell, with all that it needs, is made in seconds."""


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_PUBLISHED", "1")


def test_every_part_of_our_own_results_is_sound_and_they_are_small() -> None:
    (base,) = packaged_folders()
    results = read_results(base / "basin-suite" / "results")
    assert sum(results.manifest.tasks.values()) == len(results.runs) >= LEAST
    size = sum(path.stat().st_size for path in (base / "basin-suite").rglob("*") if path.is_file())
    assert size < LARGEST
    shown = json.dumps([results.row(run, scores=False).environment for run in results.runs])
    assert '"host"' not in shown
    assert not [run for run in results.runs if run.owner or run.traceback or "/" in "".join(run.command or ())[0]]


def test_all_of_it_is_of_known_tasks_and_built_in_methods(packaged: None) -> None:
    registry = load_registry()
    (own,) = (each for each in published(load_settings())[0] if each.name == "basin-suite")
    assert own.packaged
    assert {registry.tasks[task].tier for task in own.tasks} <= {"embedded", "standard"}
    assert {run.cell.method for run in own.results.runs} <= {entry.name for entry in registry.methods}


def test_an_empty_home_shows_published_rows(packaged: None) -> None:
    """Each with its date, its machine, and how it ran; and without a store."""
    settings, registry = load_settings(), load_registry()
    board = load_board(settings, registry)
    rows = [row for table in board.tables for row in table.rows]
    assert len(rows) >= LEAST
    assert not board.index.refused
    assert {row.source for row in rows} == {"published"}
    assert all(origin.ended and origin.machine and origin.by for row in rows for origin in row.origins)
    assert {row.isolation for row in rows if row.seeds} == {"fast path"}
    assert not (settings.home / "suite.db").exists()


def test_many_tables_are_a_line_each(packaged: None, suite) -> None:
    settings, registry = load_settings(), load_registry()
    index = load_board(settings, registry).index
    heading, *lines = suite.printed("board").splitlines()
    assert heading.split()[:4] == ["task", "setting", "rows", "best"]
    tasks = [line.split()[0] for line in lines[:-2]]
    assert len(tasks) == len(set(tasks)) > MANY
    assert set(tasks) == {entry.task for entry in index.entries}
    line = next(line for line in lines if line.startswith("ood/digits "))
    entry = next(entry for entry in index.entries if entry.task == "ood/digits")
    assert str(len(entry.results)) in line
    assert next(result.label for result in entry.results if result.tied) in line
    assert suite.printed("board", "--source", "own") == ""
    for options in (("--task", "ood/digits"), ("--everywhere",), ("--all-protocols",)):
        assert "to the best" in suite.printed("board", *options), "what is asked for is printed in full"


def test_many_tables_hide_no_runs_of_a_task_that_is_gone(packaged: None, suite, monkeypatch) -> None:
    monkeypatch.setenv("SUITE_DISABLED_PLUGINS", "replay-tasks")
    assert "replay/ddpm is not installed, and its " in suite.printed("board")


def test_the_documentation_says_how_much_is_published(packaged: None) -> None:
    (own,) = (each for each in published(load_settings())[0] if each.name == "basin-suite")
    tables = load_board(load_settings(), load_registry()).tables
    rows = sum(len(table.rows) for table in tables)
    text = (Path(__file__).parents[2] / "docs" / "board.md").read_text(encoding="utf-8")
    assert f"holds {len(own.results.runs)} runs, {rows} rows in {len(tables)} tables" in text


@pytest.mark.slow
def test_ready_tables_show_a_fresh_install_at_once(tmp_path: Path) -> None:
    """They are used if they were made of this very code; else they are made, and ``submissions/pack.py`` is due."""
    index = json.loads((READY / "index.json").read_text())
    environment = {**os.environ, "SUITE_PUBLISHED": "1"}
    seconds = []
    for home in ("first", "second"):
        before = time.monotonic(), os.times().children_user
        subprocess.run(
            [sys.executable, "-m", "suite", "board"],
            env={**environment, "SUITE_HOME": str(tmp_path / home)},
            capture_output=True,
            check=True,
            timeout=120,
        )
        seconds.append(os.times().children_user - before[1])
    made = json.loads((tmp_path / "second" / "board" / "index.json").read_text())
    if made["built_from"] != index["built_from"]:
        pytest.skip("the ready tables are of other code: python submissions/pack.py --tables")
    assert min(seconds) < 2.0, "CPU seconds of a fresh install's first board, on a busy machine"


@pytest.mark.slow
def test_a_sample_of_published_cells_is_made_again(packaged: None, suite, shared_cache: Path) -> None:
    """The cheapest run of tasks of three tracks, none of which needs a download."""
    (own,) = (each for each in published(load_settings())[0] if each.name == "basin-suite")
    done = [own.results.row(run, scores=False) for run in own.results.runs if run.state == "done"]
    runs = [min((run.wall_seconds or 0.0, run.id) for run in done if run.cell.task == task)[1] for task in CHEAP]
    told = json.loads(
        suite.printed("reproduce", *runs, "--by", "CI", "--format", "json", SUITE_CACHE=str(shared_cache))
    )
    assert sorted(each["task"] for each in told) == sorted(CHEAP)
    assert {each["verdict"] for each in told} <= {"equal", "within tolerance"}


def test_every_published_row_has_every_seed_of_its_task(packaged: None) -> None:
    rows = [(table.seeds, row) for table in load_board(load_settings(), load_registry()).tables for row in table.rows]
    assert [row.label for seeds, row in rows if set(row.seeds) != set(seeds)] == []
