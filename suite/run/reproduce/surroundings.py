"""What differs between the surroundings of two runs of one cell, and whether that may change a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suite.store.rows import RunRow

Changes = dict[str, list[str]]
"""The recorded and the present value, by the name of what differs."""

COMPUTING = tuple(f"package {name}" for name in ("torch", "numpy", "scipy", "scikit-learn", "numba"))
NEWER = ("instructions",)
"""What earlier runs do not tell: it is compared where both runs do."""

CODE = ("suite", "plugin", "host")
"""What excuses no difference: code decides what is computed, and the name of a machine nothing."""


def changes(recorded: RunRow, again: RunRow) -> Changes:
    """Return all that differs: Python, packages, system, processor, accelerator, device, threads, code, machine.

    Packages come last, and first of them what the suite computes with.
    """
    old, new = _flat(recorded), _flat(again)
    names = sorted({*old, *new}, key=lambda name: (_place(name), name))
    return {
        name: [old.get(name, "none"), new.get(name, "none")]
        for name in names
        if old.get(name) != new.get(name) and (name not in NEWER or {name} <= old.keys() & new.keys())
    }


def excuses(found: Changes) -> list[str]:
    """Return the names of those that may change the last digits of a score, though nothing was changed on purpose."""
    return [name for name in found if name not in CODE]


def _place(name: str) -> int:
    if not name.startswith("package "):
        return -1
    return COMPUTING.index(name) if name in COMPUTING else len(COMPUTING)


def _flat(run: RunRow) -> dict[str, str]:
    document = run.environment or {}
    machine: Mapping[str, Any] = document.get("machine") or {}
    flat = {
        "python": document.get("python"),
        "system": document.get("system"),
        "processor": machine.get("cpu"),
        "instructions": machine.get("instructions"),
        "host": machine.get("host"),
        "suite": _revision(document.get("suite")),
        "plugin": _revision(document.get("plugin")),
        "device": run.device,
        "threads": run.threads,
        "isolation": "split" if (run.isolation or {}).get("split") else "one process",
        **{f"hardware {name}": value for name, value in (document.get("hardware") or {}).items()},
        **{f"package {name}": value for name, value in (document.get("packages") or {}).items()},
    }
    return {name: str(value) for name, value in flat.items() if value is not None}


def _revision(code: Mapping[str, Any] | None) -> str | None:
    if not code:
        return None
    git = code.get("git") or {}
    commit = f" at {str(git['commit'])[:12]}{' and edits' if git.get('dirty') else ''}" if git.get("commit") else ""
    return f"{code.get('distribution')} {code.get('version')}{commit}"
