"""What the runner costs by itself: a cell that does nothing, and a run with nothing left to do.

Run with: pytest tests/perf/test_runner_speed.py -n 0 -s
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from suite.cache import Cache
from suite.contracts import Resources
from suite.registry import load_registry
from suite.run.plan import Plan
from suite.run.selection import Request, select_methods, select_tasks
from suite.run.summary import Summary
from suite.settings import load_settings
from suite.store.schema import cell, run, score
from suite.store.writing import Writer

CELLS = 200
METHODS, SEEDS = 50, 1000
PLUGIN = '''
"""Many methods that answer with a number."""

from suite import Card, Column, Method, Metric, Outcome, Samples, Task, Track, Value, hookimpl


class Number(Method):
    track = "many"
    version = "1"
    card = Card(title="A number", status="baseline")


class Count(Task):
    id = "many/count"
    version = "1"
    tier = "standard"
    title = summary = "Count"
    metrics = (Metric(name="accuracy", direction="higher", bounds=(0, 1), unit="fraction", definition="What it says."),)
    primary = Column(metric="accuracy", subset="all")
    subsets = ("all",)
    seeds = tuple(range({seeds}))

    def evaluate(self, method, context):
        return Outcome(Samples(measured={{self.primary: Value(0.5, 1)}}))


{methods}

@hookimpl
def suite_register_tracks(register):
    register(Track("many", "Many", "How many?", Number))


@hookimpl
def suite_register_methods(register):
    for method in Number.__subclasses__():
        register(method)


@hookimpl
def suite_register_tasks(register):
    register(Count)
'''


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin with ``METHODS`` methods and a task of ``SEEDS`` seeds, which every command loads."""
    file = tmp_path / "many_plugin.py"
    methods = "\n\n".join(f'class M{number}(Number):\n    name = "m{number}"\n' for number in range(METHODS))
    file.write_text(PLUGIN.format(seeds=SEEDS, methods=methods))
    monkeypatch.setenv("SUITE_PLUGINS", str(file))
    return file


def seconds(*arguments: str) -> tuple[float, str]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "suite", "run", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - started, done.stdout


def test_a_cell_that_does_nothing(plugin: Path) -> None:
    seeds = [part for seed in range(CELLS) for part in ("--seed", str(seed))]
    command = ("--task", "many/count", "--method", "m0", "--workers", "2")
    seconds(*command, "--seed", str(CELLS))
    one, _ = seconds(*command, "--seed", str(CELLS + 1))
    many, printed = seconds(*command, *seeds)
    assert f"{CELLS} cells run" in printed
    each = 1000 * (many - one) / (CELLS - 1)
    print(f"\n{CELLS} cells with 2 workers: {each:.1f} ms a cell after the first, of 25 ms; one takes {one:.2f} s")


def test_nothing_left_to_do(plugin: Path) -> None:
    settings = load_settings()
    registry = load_registry(settings.plugins)
    request = Request(tasks=("many/count",))
    resources = Resources(settings, Cache(settings.cache_folder))
    plan = Plan(select_tasks(registry, request), select_methods(registry, request, {"many"}), resources, False)
    plan.look_up(Summary())
    writer = Writer(settings.database_url)
    cells = [planned.cell for planned in plan.cells(Summary())]
    assert len(cells) == METHODS * SEEDS
    runs = [
        {"id": f"{number:016x}", "cell": each.id, "attempt": 1, "state": "done", "owner": "", "wall_seconds": 1.0}
        for number, each in enumerate(cells)
    ]
    values = {"metric": "accuracy", "metric_version": "1", "subset": "all", "n": 1, "partial": False}
    with writer._engine.begin() as connection:
        connection.execute(cell.insert(), [asdict(each) for each in cells])
        connection.execute(run.insert(), runs)
        connection.execute(
            score.insert(), [{"run": each["id"], "value": (n % 97) / 97, **values} for n, each in enumerate(runs)]
        )
    writer.close()
    first, printed = seconds("--task", "many/count")
    assert f"nothing to run: {len(cells)} cells done before" in printed
    again, _ = seconds("--task", "many/count")
    print(f"\n{len(cells):,} cells, all done: {again:.2f} s, of 3 s; {first:.2f} s the first time, with a new board")
