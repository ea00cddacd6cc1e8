"""The identity of a cell: everything that its scores depend on, and nothing else.

Worker, device, threads, batch size and times are recorded with the run but are no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suite.contracts import Ingredient, Missing, Resources, Setting, Task
from suite.contracts.setting import beyond_defaults
from suite.contracts.substitute import NETWORK
from suite.hashing import canonical_json, digest, text_digest
from suite.run.partners import Partner
from suite.run.selection import MethodChoice
from suite.source import task_source
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
        Missing: what the task cannot do without is not at hand; the message names all of it.
    """
    found, lacking = list[tuple[str, Ingredient, str | None]](), list[str]()
    unknown = False
    for ingredient in task.requires(seed):
        fingerprint = None
        try:
            fingerprint = ingredient.known_fingerprint(resources)
            unknown |= fingerprint is None
        except Missing as error:
            lacking += [] if ingredient.optional else [str(error)]
        found.append((f"{ingredient.kind}/{ingredient.name}", ingredient, fingerprint))
    if lacking:
        raise Missing("; ".join(dict.fromkeys(lacking)))  # a model without its data says what they say
    if unknown:
        return None
    return Ingredients(
        {key: fingerprint for key, _, fingerprint in found},
        {key: None if fingerprint is None else each.lineage(resources) for key, each, fingerprint in found},
    )


def make_cell(task: Task, setting: Setting, method: MethodChoice, seed: int, ingredients: Ingredients) -> CellRow:
    """Return the cell of a method on a (task, setting, seed)."""
    entry = method.entry
    identity = {
        **_shared(task, setting),
        "ingredients": ingredients.fingerprints,
        "method": entry.name,
        "method_version": entry.value.version,
        "method_source": method.source,
        "parameters": method.parameters,
        "seed": seed,
        **({"grid": method.grid} if method.grid else {}),
        **({"partners": _identified(method.partners)} if method.partners else {}),
    }
    text = canonical_json(identity)
    return CellRow(
        id=text_digest(text),
        identity=text,
        protocol=protocol_digest(task, setting, ingredients),
        task=task.id,
        task_version=task.version,
        method=entry.name,
        method_version=entry.value.version,
        setting=dict(setting),
        parameters={**method.parameters, **method.partner_labels},
        seed=seed,
    )


def protocol_digest(task: Task, setting: Setting, ingredients: Ingredients) -> str:
    """Return the hash of what rows must share to be comparable, whatever their seeds."""
    return digest({**_shared(task, setting), "ingredients": ingredients.lineage})


def metric_keys(task: Task) -> list[str]:
    """Return the metrics with their versions, as an identity has them."""
    return sorted(metric.key for metric in task.metrics)


def _shared(task: Task, setting: Setting) -> dict[str, Any]:
    varied, source = beyond_defaults(task.axes, setting), task_source(task)
    return {
        "schema": SCHEMA,
        "task": task.id,
        "task_version": task.version,
        "metrics": metric_keys(task),
        **({"task_source": source} if source else {}),
        **({"setting": varied} if varied else {}),
        **({NETWORK: task.substitute.identity} if task.substitute is not None else {}),
    }


def _identified(partners: Mapping[str, Partner]) -> dict[str, dict[str, Any]]:
    return {
        role: {
            "method": partner.entry.name,
            "version": partner.entry.value.version,
            "source": partner.source,
            "parameters": partner.parameters,
        }
        for role, partner in partners.items()
    }
