"""The identity of a cell: everything that its scores depend on, and nothing else.

Worker, device, threads, batch size and times are recorded with the run but are no part of it.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from suite.contracts import Method, Missing, Resources, Task
from suite.discovery import FILE
from suite.hashing import canonical_json, digest, file_digest
from suite.registry import Entry
from suite.run.provenance import is_editable
from suite.store.rows import CellRow

SCHEMA = 1
"""Raised when the suite itself changes in a way that changes scores."""


@dataclass(frozen=True)
class Ingredients:
    """Fingerprints of what a (task, seed) depends on, and what of it all seeds share; None for what is missing."""

    fingerprints: dict[str, str | None]
    lineage: dict[str, str | None]


def known_ingredients(task: Task, seed: int, resources: Resources) -> Ingredients | None:
    """Return the ingredients of a (task, seed) if all are known without heavy work, else None.

    Raises:
        Missing: something that the task cannot do without is not at hand.
    """
    fingerprints: dict[str, str | None] = {}
    lineage: dict[str, str | None] = {}
    for ingredient in task.requires(seed):
        key = f"{ingredient.kind}/{ingredient.name}"
        try:
            fingerprint = ingredient.known_fingerprint(resources)
        except Missing:
            if not ingredient.optional:
                raise
            fingerprints[key] = lineage[key] = None
            continue
        if fingerprint is None:
            return None
        fingerprints[key], lineage[key] = fingerprint, ingredient.lineage(resources)
    return Ingredients(fingerprints, lineage)


def make_cell(
    task: Task,
    entry: Entry[type[Method]],
    parameters: dict[str, Any],
    seed: int,
    ingredients: Ingredients,
    grid: dict[str, list[Any]] | None = None,
) -> CellRow:
    """Return the cell of a method with resolved parameters, of which ``grid`` is to be tuned, on a (task, seed)."""
    identity = {
        **_shared(task),
        "ingredients": ingredients.fingerprints,
        "method": entry.name,
        "method_version": entry.value.version,
        "method_source": source_digest(entry),
        "parameters": parameters,
        "seed": seed,
        **({"grid": grid} if grid else {}),
    }
    return CellRow(
        id=digest(identity),
        identity=canonical_json(identity),
        protocol=protocol_digest(task, ingredients),
        task=task.id,
        task_version=task.version,
        method=entry.name,
        method_version=entry.value.version,
        parameters=parameters,
        seed=seed,
    )


def protocol_digest(task: Task, ingredients: Ingredients) -> str:
    """Return the hash of what rows must share to be comparable, whatever their seeds."""
    return digest({**_shared(task), "ingredients": ingredients.lineage})


def metric_keys(task: Task) -> list[str]:
    """Return the metrics with their versions, as an identity has them."""
    return sorted(metric.key for metric in task.metrics)


def _shared(task: Task) -> dict[str, Any]:
    return {"schema": SCHEMA, "task": task.id, "task_version": task.version, "metrics": metric_keys(task)}


def source_digest(entry: Entry[type[Method]]) -> str | None:
    """Return the hash of a method's source if it can be edited in place, else None: a release's version says it all.

    Covers the class's module and the modules of its own package that it uses.
    """
    if entry.plugin.distribution != FILE and not is_editable(entry.plugin.distribution):
        return None
    files = sorted(_sources(sys.modules[entry.value.__module__]))
    return digest([file_digest(file) for file in files])


def _sources(module: ModuleType) -> set[Path]:
    package = module.__package__ or module.__name__
    found: dict[str, ModuleType] = {}
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current.__name__ in found:
            continue
        found[current.__name__] = current
        for value in vars(current).values():
            name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if isinstance(name, str) and name.startswith(f"{package}.") and name in sys.modules:
                waiting.append(sys.modules[name])
    return {Path(file) for file in map(inspect.getsourcefile, found.values()) if file}
