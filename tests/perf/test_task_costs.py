"""What a seed of each embedded task costs, beside what the task declares; and so the length of the tour.

Run with: pytest tests/perf/test_task_costs.py -n 0 -s
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from suite.cache import Cache
from suite.cli.progress import Progress
from suite.contracts import Resources, TaskContext
from suite.registry import load_registry
from suite.run.evaluation import prepare, seed_everything
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.threads import limit_threads
from suite.settings import load_settings
from suite.store.reading import Reader

REGISTRY = load_registry()
SEEDS = 2


@pytest.mark.parametrize("name", [entry.name for entry in REGISTRY.tasks if entry.value.tier == "embedded"])
def test_cost(name: str, tmp_path: Path) -> None:
    task = REGISTRY.tasks[name]()
    settings = load_settings(home=tmp_path, hub=False, workers=2)
    resources = Resources(settings, Cache(settings.cache_folder))
    limit_threads(1)
    seconds = []
    for seed in task.seeds:
        started = time.process_time()
        seed_everything(seed)
        prepare(task, TaskContext(seed, resources, task.setting({})))
        seconds.append(time.process_time() - started)
    Runner(REGISTRY, settings, Progress()).run(Request(tasks=(name,), seeds=task.seeds[:SEEDS]))
    reader = Reader(settings.database_url)
    cells = [run.cpu_seconds for run in reader.latest_runs() if run.cpu_seconds is not None]
    reader.close()
    preparation, cell = sum(seconds) / len(seconds), sum(cells) / len(cells)
    whole = len(task.seeds) * (preparation + cell * len(cells) / SEEDS)
    print(f"\n{name}: {len(cells)} cells measured, {whole:.0f} CPU seconds for all seeds")
    print(f"    cost = Cost(preparation={preparation:.1f}, cell={cell:.2f})  # declared: {task.cost}")
