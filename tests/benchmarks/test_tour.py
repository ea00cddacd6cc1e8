"""The tour: one small task of each track, in about three minutes on two cores."""

from __future__ import annotations

from suite.contracts.setting import complete
from suite.registry import load_registry
from suite.run.selection import Request, select_methods

REGISTRY = load_registry()
TOUR = [entry.value for entry in REGISTRY.tasks if entry.value.tour]
LIMIT = 3 * 60.0
CORES = 2
BUSY = 0.9  # how much of the time both are: preparations of unequal length, the last cells


def test_every_track_has_its_part() -> None:
    assert sorted(task.id.partition("/")[0] for task in TOUR) == [entry.name for entry in REGISTRY.tracks]
    assert {task.tier for task in TOUR} == {"embedded"}


def test_every_embedded_task_says_what_it_costs() -> None:
    """So that the time of ``suite run --tier embedded`` is known before it starts."""
    unknown = [entry.name for entry in REGISTRY.tasks if entry.value.tier == "embedded" and entry.value.cost is None]
    assert unknown == []


def test_the_declared_costs_stay_under_the_limit() -> None:
    seconds = 0.0
    for cls in TOUR:
        assert cls.cost is not None
        task = cls()
        methods = select_methods(REGISTRY, Request(), {task.track})
        settings = [complete(task.axes, values, task=task.id) for values in task.tour]
        cells = sum(method.declined_by(task, setting) == "" for method in methods for setting in settings)
        seconds += len(task.seeds) * (cls.cost.preparation + cells * cls.cost.cell)
    print(f"the tour costs {seconds:.0f} CPU seconds of {LIMIT * CORES * BUSY:.0f}")
    assert seconds < LIMIT * CORES * BUSY


def test_methods_that_take_long_are_left_to_those_who_name_a_task() -> None:
    long = {entry.name for entry in REGISTRY.methods if not entry.value.tour}
    assert long == {"basins/screened-discrimination"}
    for request, there in ((Request(), set()), (Request(tasks=("basins/d50",)), long)):
        assert {choice.entry.name for choice in select_methods(REGISTRY, request, {"basins"})} & long == there
