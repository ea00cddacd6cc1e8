"""A run's record: what it was made with, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from suite.board.quantity import memory, quantity, seconds
from suite.board.recipe import revision
from suite.store.rows import RunRow

UNITS = {"seconds": "s", "bytes": "bytes", "megabytes": "MB"}


def provenance(run: RunRow) -> dict[str, str]:
    """Return when, where and from what the run was made; what was not recorded is left out."""
    environment = run.environment or {}
    lines: dict[str, str | None] = {
        "Started": f"{run.started:%Y-%m-%d %H:%M:%S} UTC",
        "Ended": f"{run.ended:%Y-%m-%d %H:%M:%S} UTC" if run.ended else None,
        "Device": _joined(", threads: ", run.device, run.threads),
        "Machine": _machine(environment.get("machine") or {}),
        "Python": _joined(" on ", environment.get("python"), environment.get("system")),
        "Suite": _code(environment, "suite"),
        "Plugin": _code(environment, "plugin"),
        "Missing data": ", ".join(run.missing) or None,
        **{name: str(value) for name, value in run.facts.items()},
        "Cell": run.cell.id,
        "Protocol": run.cell.protocol,
    }
    return {name: value for name, value in lines.items() if value}


def spent(run: RunRow) -> dict[str, str]:
    """Return what the run cost: what its task states of the method, and what was measured of the whole."""
    lines = {name.rpartition("_")[0].replace("_", " ") or name: (name, value) for name, value in run.cost.items()}
    stated = {title: quantity(value, UNITS.get(name.rpartition("_")[2], "")) for title, (name, value) in lines.items()}
    whole = {
        "wall clock of the whole run": None if run.wall_seconds is None else seconds(run.wall_seconds),
        "CPU time of the whole run": None if run.cpu_seconds is None else seconds(run.cpu_seconds),
        "peak memory of the process": memory(run.peak_memory_bytes) if run.peak_memory_bytes else None,
    }
    return stated | {title: value for title, value in whole.items() if value}


def pretty(document: Any) -> str:
    """Return a document as indented JSON."""
    return json.dumps(document, indent=1, ensure_ascii=False, default=str)


def _code(environment: Mapping[str, Any], part: str) -> str | None:
    recorded = environment.get(part)
    if not isinstance(recorded, Mapping):
        return str(recorded) if recorded else None
    commit = revision(environment, part)
    named = _joined(" ", recorded.get("distribution") or recorded.get("name"), recorded.get("version"))
    return _joined(", ", named, f"commit {commit}" if commit else None)


def _machine(machine: Mapping[str, Any]) -> str | None:
    size = machine.get("memory_bytes")
    cores = machine.get("cores")
    known = (machine.get("cpu"), f"{cores} cores" if cores else None)
    return _joined(", ", *known, memory(size) if isinstance(size, int | float) else None, machine.get("host"))


def _joined(between: str, *parts: object) -> str | None:
    return between.join(str(part) for part in parts if part) or None
