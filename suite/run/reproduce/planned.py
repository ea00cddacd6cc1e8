"""A recorded cell as it would be planned today, and in what that differs from the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suite.cache import Cache
from suite.contracts import TUNED, Method, Setting, Task
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.identity import Ingredients, make_cell
from suite.run.networks import stand_in
from suite.run.partners import Partner
from suite.run.selection import MethodChoice
from suite.store.rows import CellRow

_WORDS = {
    "schema": "the version of the suite's protocol",
    "task_version": "the version of the task",
    "task_source": "the source of the task",
    "metrics": "the metrics",
    "method_version": "the version of the method",
    "method_source": "the source of the method",
    "parameters": "the parameters",
    "partners": "the partners",
    "grid": "the grid of the tuning",
    "setting": "the setting",
    "network": "the network",
}


class CannotRepeat(Exception):
    """A recorded cell cannot be made again; the message says what is another now."""


@dataclass(frozen=True)
class Repeated:
    """What it takes to make a recorded cell again."""

    cell: CellRow
    task: Task
    setting: Setting
    method: MethodChoice


def repeated(cell: CellRow, registry: Registry, cache: Cache) -> Repeated:
    """Return what makes the recorded cell again; its data and models are not looked at.

    Raises:
        CannotRepeat: the task, the method or a partner is not installed, or is not the one that was recorded.
    """
    identity = json.loads(cell.identity)
    try:
        task = registry.tasks[cell.task]()
        setting = task.setting(cell.setting)
        stand_in(task, setting, cache)
        method = _method(identity, registry)
    except SuiteError as error:
        raise CannotRepeat(error.cause) from error
    if reason := method.declined_by(task, setting):
        raise CannotRepeat(f"the task does not run this method any more: {reason}")
    made = make_cell(task, setting, method, cell.seed, Ingredients(identity.get("ingredients", {}), {}))
    if made.id != cell.id:
        raise CannotRepeat("; ".join(_differences(identity, json.loads(made.identity))))
    return Repeated(cell, task, setting, method)


def other_ingredients(cell: CellRow, found: Mapping[str, str | None]) -> str:
    """Return which data sets and models are others than those of the recorded cell, in words."""
    recorded: Mapping[str, str | None] = json.loads(cell.identity).get("ingredients", {})
    names = sorted(name for name in {*recorded, *found} if recorded.get(name) != found.get(name))
    return "; ".join(
        f"{name} has the fingerprint {_short(found.get(name))}, recorded {_short(recorded.get(name))}" for name in names
    )


def _method(identity: Mapping[str, Any], registry: Registry) -> MethodChoice:
    entry = registry.methods.entry(identity["method"])
    partners = {
        role: Partner(registry.methods.entry(each["method"]), each["parameters"])
        for role, each in identity.get("partners", {}).items()
    }
    beside: dict[str, Method] = {role: each.entry.value(**each.parameters) for role, each in partners.items()}
    grid = identity.get("grid", {})
    given = {name: value for name, value in identity["parameters"].items() if name not in grid}
    parameters = entry.value(**given, **beside).parameters.model_dump(mode="json")
    labels = {role: each.label for role, each in beside.items()}
    return MethodChoice(entry, {**parameters, **dict.fromkeys(grid, TUNED)}, partners, labels, grid)


def _differences(recorded: Mapping[str, Any], today: Mapping[str, Any]) -> list[str]:
    names = [name for name in {**recorded, **today} if recorded.get(name) != today.get(name)]
    return [
        f"{_WORDS.get(name, name)}: now {_short(today.get(name))}, recorded {_short(recorded.get(name))}"
        for name in names
    ]


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return value[:12]
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= 200 else f"{text[:200]}…"
