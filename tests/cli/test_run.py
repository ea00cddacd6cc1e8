"""The main job, as a new user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from suite.registry import load_registry
from suite.run.selection import Request, select_methods

REGISTRY = load_registry()
EMBEDDED = [entry.value for entry in REGISTRY.tasks if entry.value.tier == "embedded"]
ROWS = {
    task.id: sum(
        choice.declined_by(task(), task().setting({})) == ""
        for choice in select_methods(REGISTRY, Request(), {task.id.split("/")[0]})
    )
    for task in EMBEDDED
}
SEEDS = {task.id: len(task.seeds) for task in EMBEDDED}
pytestmark = pytest.mark.xdist_group("digits")


def suite(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "suite", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=500, check=False, env=os.environ.copy())


def test_suite_run_twice(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    one_seed = sum(ROWS.values())
    first = suite("run", "--seed", "0")  # what `suite run` does, of each task its first seed
    assert first.returncode == 0, first.stderr
    assert f"{one_seed} cells run" in first.stdout
    assert {f"1/{SEEDS[task]}": first.stdout.count(f"1/{SEEDS[task]}") for task in ROWS} == {
        f"1/{seeds}": sum(ROWS[task] for task in ROWS if SEEDS[task] == seeds) for seeds in SEEDS.values()
    }
    others = suite("run", "--task", "ood/digits")
    assert f"{4 * ROWS['ood/digits']} cells run" in others.stdout
    assert others.stdout.count("5/5") == ROWS["ood/digits"]
    cells = one_seed + 4 * ROWS["ood/digits"]

    started = time.perf_counter()
    second = suite("run", "--seed", "0")
    assert second.returncode == 0, second.stderr
    assert f"nothing to run: {one_seed} cells done before" in second.stdout
    print(f"the second run took {time.perf_counter() - started:.2f} s")

    board = json.loads(suite("board", "--format", "json").stdout)
    assert {table["task"]: len(table["rows"]) for table in board["tables"]} == ROWS
    (table,) = (table for table in board["tables"] if table["task"] == "ood/digits")
    assert {len(row["seeds"]) for row in table["rows"]} == {5}
    assert all(row["place"] for row in table["rows"])

    run = table["rows"][0]["runs"][0]["run"]
    shown = json.loads(suite("show", run[:8], "--format", "json").stdout)
    assert shown["state"] == "done"
    assert Path(shown["samples_file"]).exists()
    assert shown["environment"]["suite"]["version"]
    assert set(shown["ingredients"]) == {
        "data/digits",
        "data/photograph-patches",
        "data/uniform-noise",
        "model/small-cnn-digits",
    }
    assert "auroc" in suite("show", run[:8]).stdout
    rows = suite("board", "--format", "csv").stdout.splitlines()
    assert len(rows) == sum(ROWS.values()) + len(board["tables"])  # each has a header
    assert suite("board", "--runs").stdout.count(" done ") == cells
    changed = suite("run", "--method", "energy", "--set", "energy.temperature=2", "--seed", "0")
    assert changed.returncode == 0
    assert "energy (temperature=2.0)" in changed.stdout
    assert "seeds 1, 2, 3, 4 are not done" in changed.stdout
