"""The embedded tasks of the track are minutes of two cores, and its part of the tour is seconds."""

from __future__ import annotations

from suite.contracts import Task
from suite.registry import load_registry
from suite.run.selection import Request, select_methods

REGISTRY = load_registry()
TASKS = [entry.value for entry in REGISTRY.tasks if entry.name.startswith("memorization/")]


def seconds(cls: type[Task]) -> float:
    """Return the CPU seconds that a task declares for the methods that are run if none is named."""
    task = cls()
    assert cls.cost is not None
    methods = select_methods(REGISTRY, Request(), {task.track})
    cells = sum(method.declined_by(task, {}) == "" for method in methods)
    return len(task.seeds) * (cls.cost.preparation + cells * cls.cost.cell)


def test_the_embedded_tasks_take_less_than_four_minutes_of_two_cores() -> None:
    assert sum(seconds(cls) for cls in TASKS if cls.tier == "embedded") / 2 < 4 * 60


def test_the_part_of_the_tour_takes_less_than_25_seconds_of_two_cores() -> None:
    assert 0 < sum(seconds(cls) for cls in TASKS if cls.tour) / 2 < 25
