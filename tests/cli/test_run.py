"""The main job, as a new user types it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suite.registry import load_registry
from suite.run.selection import Request, select_methods, select_tasks

from ..support.command import Suite

REGISTRY = load_registry()
AT_MOST = 8.0
"""Seconds of one core that the first seed of a task may cost to be run here; longer ones have tests of their own."""
ASSET = str(Path(__file__).parent.parent / "assets" / "fast_plugin.py")


def rows(request: Request) -> dict[str, int]:
    """Return how many methods each task measures that a request chooses."""
    tasks = select_tasks(REGISTRY, request)
    methods = select_methods(REGISTRY, request, {choice.task.track for choice in tasks})
    return {
        choice.task.id: sum(method.declined_by(choice.task, choice.settings[0]) == "" for method in methods)
        for choice in tasks
    }


def test_a_run_of_every_track_and_again(suite: Suite, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One method of each contract on the tour's tasks, in processes, with one seed; the slow stage has the others."""
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    tasks = [part for name in rows(Request()) for part in ("--task", name)]
    methods = (
        "energy",
        "rtn-minmax",
        "trajectory-mean-ward",
        "herding",
        "guidance-magnitude",
        "geometric-annealing",
        "wsd",
    )
    command = ("run", *tasks, *(part for name in methods for part in ("--method", name)), "--seed", "0")
    first = suite(*command, process=True)
    assert first.returncode == 0, first.stderr
    assert "7 cells run" in first.stdout

    second = suite(*command, process=True)
    assert second.returncode == 0, second.stderr
    assert "nothing to run: 7 cells done before" in second.stdout

    board = suite.json("board")
    assert sorted(table["task"] for table in board["tables"]) == sorted(rows(Request()))
    (table,) = (table for table in board["tables"] if table["task"] == "ood/digits")
    run = table["rows"][0]["runs"][0]["run"]
    shown = suite.json("show", run[:8])
    assert shown["state"] == "done"
    assert Path(shown["samples_file"]).exists()
    assert shown["environment"]["suite"]["version"]
    assert set(shown["ingredients"]) == {
        "data/digits",
        "data/photograph-patches",
        "data/uniform-noise",
        "model/small-cnn-digits",
    }
    assert "auroc" in suite.printed("show", run[:8])
    lines = suite.printed("board", "--format", "csv").splitlines()
    assert len(lines) == 7 + 1, "one header for all"
    assert suite.printed("board", "--runs").count(" done ") == 7
    changed = suite.printed("run", "-t", "ood/digits", "-m", "energy", "--set", "energy.temperature=2", "--seed", "0")
    assert "energy (temperature=2.0)" in changed
    assert "seeds 1–9 are not done" in changed


@pytest.mark.slow
def test_the_tour_is_complete_and_the_embedded_tier_goes_on_from_it(
    suite: Suite, shared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    first = suite("run", process=True, timeout=900)
    assert first.returncode == 0, first.stderr
    tour = rows(Request())
    assert {task.partition("/")[0] for task in tour} == {entry.name for entry in REGISTRY.tracks}
    cells = sum(count * len(REGISTRY.tasks[task].seeds) for task, count in tour.items())
    assert f"{cells} cells run" in first.stdout
    assert len(first.stdout.splitlines()) <= 50, "a terminal shows it at once"
    assert max(len(line) for line in first.stdout.splitlines() if "store: " not in line) <= 100
    assert "suite run --tier embedded" in first.stdout
    assert "the slowest cells:" in first.stderr
    for table in suite.json("board")["tables"]:
        assert all(row["rank"] for row in table["rows"]), "every method is ranked"
        assert {len(row["seeds"]) for row in table["rows"]} == {len(REGISTRY.tasks[table["task"]].seeds)}
    again = suite("run", process=True)
    assert f"nothing to run: {cells} cells done before" in again.stdout
    _every_ranked_method_on_embedded_tasks(suite)


def _every_ranked_method_on_embedded_tasks(suite: Suite) -> None:
    """What the tour has not run yet of each embedded task's first seed, but of those that take long by their cost."""
    tour = rows(Request())
    expected = {
        task: count
        for task, count in rows(Request(tier="embedded")).items()
        if task in tour or _seconds(task, count) <= AT_MOST
    }
    cells = sum(expected.values())
    command = ("run", *(part for task in expected for part in ("--task", task)), "--seed", "0")
    first = suite(*command, process=True, timeout=1500)
    assert first.returncode == 0, first.stderr
    ran, before = (int(re.search(rf"(\d+) cells {what}", first.stdout)[1]) for what in ("run", "done before"))
    assert ran + before == cells
    assert {table["task"]: len(table["rows"]) for table in suite.json("board")["tables"]} == expected
    assert f"nothing to run: {cells} cells done before" in suite(*command).stdout


def _seconds(task: str, cells: int) -> float:
    """Return what the first seed of a task costs on one core, as it declares."""
    cost = REGISTRY.tasks[task].cost
    assert cost is not None, task
    return cost.preparation + cells * cost.cell


def test_a_dry_run_says_what_would_run_and_writes_nothing(suite: Suite, tmp_path: Path) -> None:
    command = ("run", "--plugin", ASSET, "-t", "fast/count", "-m", "constant", "-m", "raises")
    before = suite.printed(*command, "--dry-run")
    assert "4 cells to run, 0 seeds to prepare" in before
    assert not (tmp_path / "home" / "suite.db").exists()
    assert suite(*command, "--seed", "0", "--executor", "inline").returncode == 1
    after = suite.printed(*command, "--dry-run")
    (line,) = (line for line in after.splitlines() if line.startswith("fast/count"))
    assert line.split()[1:4] == ["2", "1", "1"], "to run, done, failed"
    assert "2 cells to run" in after
    assert "3 cells to run" in suite.printed(*command, "--dry-run", "--retry-failed")


def test_a_dry_run_counts_what_is_not_prepared(suite: Suite) -> None:
    printed = suite.printed("run", "--dry-run")
    tour = rows(Request())
    for line in printed.splitlines()[1 : 1 + len(tour)]:
        count = tour[line.split()[0]] * len(REGISTRY.tasks[line.split()[0]].seeds)
        assert f" {count} " in line
    assert "about" in printed.splitlines()[-1]
    assert "unknown" not in printed


@pytest.mark.parametrize("text", ["soon", "-3m", "10x", "0s"])
def test_a_limit_that_is_no_time_is_refused(suite: Suite, text: str) -> None:
    done = suite("run", "--limit", text)
    assert done.returncode == 2
    assert f"{text!r} is not a length of time" in done.stderr
    assert "suite run --limit 10m" in done.stderr


def test_a_run_with_a_limit_says_what_is_left(suite: Suite) -> None:
    command = ("run", "--plugin", ASSET, "-t", "fast/count", "-m", "sleeps", "--seed", "0")
    done = suite(*command, "--limit", "3s")
    assert done.returncode == 0, done.stderr
    assert "the time is over: 1 cell left; the same command goes on" in done.stdout


@pytest.mark.parametrize(
    ("request_", "tours"),
    [
        (Request(), True),
        (Request(retry_failed=True), True),
        (Request(tier="embedded"), False),
        (Request(methods=("energy",)), False),
        (Request(seeds=(0,)), False),
        (Request(standing="all"), False),
        (Request(tune=True), False),
    ],
)
def test_a_run_that_chooses_anything_is_no_tour(request_: Request, tours: bool) -> None:
    assert request_.tours == tours
    tasks = {choice.task.id for choice in select_tasks(REGISTRY, request_)}
    embedded = {entry.name for entry in REGISTRY.tasks if entry.value.tier == "embedded"}
    assert tasks == ({entry.name for entry in REGISTRY.tasks if entry.value.tour} if tours else embedded)
