"""From what was asked for on the command line to tasks, methods, parameters and seeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from suite.contracts import TUNED, Method, Task
from suite.errors import SuiteError, did_you_mean
from suite.registry import Entry, Registry


@dataclass(frozen=True)
class Request:
    """What to run. Patterns are as the shell's; no tasks means all of the tier, no methods those of the leagues, and no
    leagues the first of each track.

    ``overrides`` maps a method's name to parameter values as they were typed.
    """

    tasks: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    tier: str = "embedded"
    overrides: tuple[tuple[str, str, str], ...] = ()
    retry_failed: bool = False
    tune: bool = False
    leagues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selected:
    """A method with resolved parameters; those in ``grid`` are to be chosen among its values."""

    entry: Entry[type[Method]]
    parameters: dict[str, Any]
    grid: dict[str, list[Any]] = field(default_factory=dict)

    def measured_by(self, task: Task) -> bool:
        """Tell whether a task measures the method: it is of its track, and the task does not decline it."""
        return self.entry.value.track == task.track and not task.declines(self.entry.value)


def select_tasks(registry: Registry, request: Request) -> list[Task]:
    """Return the tasks asked for, by id.

    Raises:
        SuiteError: a pattern matches nothing.
    """
    if not request.tasks:
        return [entry.value() for entry in registry.tasks if entry.value.tier == request.tier]
    ids = [entry.name for entry in registry.tasks]
    chosen = {name for pattern in request.tasks for name in matching(pattern, ids, "task", place="--task")}
    return [registry.tasks[name]() for name in sorted(chosen)]


def select_methods(registry: Registry, request: Request, tracks: set[str]) -> list[Selected]:
    """Return the methods asked for that belong to one of the tracks, with their parameters.

    A pattern matches a method's name or its ``track/name``.

    Raises:
        SuiteError: a pattern matches nothing, or a parameter is unknown or wrong.
    """
    names = [entry.name for entry in registry.methods]
    chosen = _of_leagues(registry, request.leagues)
    if request.methods:
        chosen = {name for pattern in request.methods for name in matching(pattern, names, "method", place="--method")}
    _check_overrides(registry, request)
    return [
        _selected(registry.methods.entry(name), request) for name in sorted(chosen) if name.split("/", 1)[0] in tracks
    ]


def _of_leagues(registry: Registry, leagues: tuple[str, ...]) -> set[str]:
    known = {league for track in registry.tracks for league in track.value.leagues}
    for league in leagues:
        if league not in known:
            raise SuiteError(
                f"unknown league {league!r}.{did_you_mean(league, known)}", place="--league", next="suite methods"
            )
    return {
        entry.name
        for entry in registry.methods
        if entry.value.league in (leagues or registry.tracks[entry.value.track].leagues[:1])
    }


def matching(pattern: str, names: list[str], kind: str, *, place: str) -> list[str]:
    """Return the ``track/name`` ids that a shell pattern matches, with or without their track.

    Raises:
        SuiteError: it matches none; the message suggests what is close.
    """
    found = [name for name in names if fnmatchcase(name, pattern) or fnmatchcase(name.split("/", 1)[1], pattern)]
    if not found:
        short = [*names, *(name.split("/", 1)[1] for name in names)]
        raise SuiteError(
            f"unknown {kind} {pattern!r}.{did_you_mean(pattern, short)}", place=place, next=f"suite {kind}s"
        )
    return found


def _selected(entry: Entry[type[Method]], request: Request) -> Selected:
    given = {name: value for method, name, value in request.overrides if method in (entry.name, entry.value.name)}
    parameters: dict[str, Any] = entry.value(**given).parameters.model_dump(mode="json")
    wanted = entry.value.grid if request.tune else {}
    grid = {name: list(values) for name, values in wanted.items() if name not in given}
    return Selected(entry, {**parameters, **dict.fromkeys(grid, TUNED)}, grid)


def _check_overrides(registry: Registry, request: Request) -> None:
    known = {name for entry in registry.methods for name in (entry.name, entry.value.name)}
    for method, name, value in request.overrides:
        if method not in known:
            raise SuiteError(
                f"unknown method {method!r}.{did_you_mean(method, known)}",
                place=f"--set {method}.{name}={value}",
                next="suite methods",
            )
