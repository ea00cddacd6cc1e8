"""Which cells are split, and which plugins each of the two processes loads."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from suite.contracts import Executor, Loaded, Method, Split
from suite.discovery import FILE, OWN
from suite.errors import SuiteError
from suite.registry import Entry, Registry
from suite.run.split.confinement.reach import secret_places
from suite.settings import Settings
from suite.store.rows import CellRow


def plan_split(
    registry: Registry, settings: Settings, executor: type[Executor], cell: CellRow, order: str | None = None
) -> tuple[Split | None, str]:
    """Return how a cell is split, or None and why it is not; no reason where the method's place is beside the task.

    ``order`` is the secret of a run that is made again; a fresh one is drawn where there is none.

    Raises:
        SuiteError: every cell is to be split, and this one cannot be.
    """
    methods = _methods(registry, cell)
    foreign = any(entry.plugin.distribution != OWN for entry in methods)
    if settings.split == "never" or (settings.split == "auto" and not foreign and order is None):
        return None, "SUITE_SPLIT=never" if foreign else ""
    task, track = _judging(registry, cell.task)
    whole = _whole(executor, methods, (task, track), track.value.border, track.value.unsplit)
    if whole and settings.split == "always":
        raise SuiteError(
            f"{cell.title} cannot run in two processes: {whole}", place="--split always", next="suite run --split auto"
        )
    if whole:
        return None, whole
    code: list[Entry[Any]] = [*methods, track]
    return Split(
        judge=_loaded((task, track)),
        host=_loaded((track, *methods)),
        order=order or secrets.token_hex(16),
        needs=methods[0].value.needs,
        border=track.value.border,
        readable=tuple(dict.fromkeys(path for entry in code for path in _code(entry))),
        hidden=tuple(secret_places(settings)),
        container=_engine() if settings.container else None,
    ), ""


def plan_loads(registry: Registry, cell: CellRow) -> Loaded:
    """Return the plugins that one process needs for a whole cell: no other is imported beside it."""
    return _loaded((*_judging(registry, cell.task), *_methods(registry, cell)))


def plan_loads_of_task(registry: Registry, task: str) -> Loaded:
    """Return the plugins that a process needs to prepare a task."""
    return _loaded(_judging(registry, task))


def _judging(registry: Registry, name: str) -> tuple[Entry[Any], Entry[Any]]:
    return registry.tasks.entry(name), registry.tracks.entry(name.partition("/")[0])


def _methods(registry: Registry, cell: CellRow) -> list[Entry[type[Method]]]:
    """Return a cell's method and its partners."""
    partners = json.loads(cell.identity).get("partners", {})
    return [registry.methods.entry(name) for name in (cell.method, *(each["method"] for each in partners.values()))]


def check_splits(registry: Registry, settings: Settings, executor: type[Executor], cells: Iterable[CellRow]) -> None:
    """Find out before any cell runs whether every one can be split, if that is asked for.

    Raises:
        SuiteError: one cannot be.
    """
    if settings.split == "always":
        for cell in cells:
            plan_split(registry, settings, executor, cell)


def _whole(
    executor: type[Executor],
    methods: Iterable[Entry[type[Method]]],
    judging: Iterable[Entry[Any]],
    border: str,
    why: str,
) -> str:
    """Return why a cell cannot be split, or an empty string."""
    if not executor.splits:
        return f"the executor {executor.name!r} has one process"
    for entry in methods:
        for other in judging:
            if _is_together(entry, other):
                return f"{other.name} comes with {entry.name}, from {other.plugin.name}"
    return "" if border else why


def _is_together(one: Entry[Any], other: Entry[Any]) -> bool:
    """Tell whether two things come from one plugin, or from one distribution that is not the suite's own."""
    if one.plugin.distribution in (FILE, OWN):
        return one.plugin.name == other.plugin.name and one.plugin.distribution == other.plugin.distribution
    return one.plugin.distribution == other.plugin.distribution


def _engine() -> str:
    from suite.run.split.confinement.container import find_engine

    engine = find_engine()
    if engine is None:
        raise SuiteError(
            "podman and docker cannot start a container here",
            place="SUITE_CONTAINER or --container",
            next="unset SUITE_CONTAINER, or leave --container out",
        )
    return engine.name


def _loaded(entries: Iterable[Entry[Any]]) -> Loaded:
    plugins = {entry.plugin.name: entry.plugin for entry in entries}.values()
    return Loaded(
        files=tuple(Path(plugin.origin) for plugin in plugins if plugin.distribution == FILE),
        installed=frozenset(plugin.name for plugin in plugins if plugin.distribution not in (FILE, OWN)),
    )


def _code(entry: Entry[Any]) -> list[Path]:
    """Return the file of a plugin that is one, else the folders or files of the top-level packages that it is in."""
    if entry.plugin.folder is not None:  # of a submission: its packages, and what they need
        return [entry.plugin.folder]
    if entry.plugin.distribution == FILE:
        return [Path(entry.plugin.origin)]
    modules = [entry.plugin.origin, entry.value.__module__] if isinstance(entry.value, type) else [entry.plugin.origin]
    return [path for name in dict.fromkeys(each.partition(".")[0] for each in modules) for path in _package(name)]


def _package(name: str) -> list[Path]:
    module = sys.modules.get(name)
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    file = getattr(module, "__file__", None)
    return folders or ([Path(file)] if file else [])
