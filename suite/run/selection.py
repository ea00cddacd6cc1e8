"""From what was asked for on the command line to tasks with settings, and methods with parameters and partners."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Literal

from suite.contracts import TUNED, Method, Setting, Task
from suite.contracts.substitute import NETWORK
from suite.errors import SuiteError, did_you_mean
from suite.models.brought import Brought
from suite.registry import Entry, Registry
from suite.run.partners import Partner, find_partner
from suite.source import source_digest

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What to run. Patterns are as the shell's; no tasks means all of the tier, or the tour if nothing is named at all.

    No methods means those of the ``standing`` that run without being asked for, or with ``access`` those that need
    one of its names. ``settings`` are pairs of axis and value; axes without one are at their defaults, or with
    ``all_settings`` at every value. ``overrides`` are (method, parameter, value) as they were typed. ``network`` stands
    in for the reference model of each task.
    """

    tasks: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    all_settings: bool = False
    tier: str = ""
    access: tuple[str, ...] = ()
    standing: Literal["ranked", "reference", "all"] = "ranked"
    overrides: tuple[tuple[str, str, str], ...] = ()
    retry_failed: bool = False
    tune: bool = False
    network: Brought | None = None

    @property
    def tours(self) -> bool:
        """Whether it chooses nothing, and so asks for the tour."""
        return self == Request(retry_failed=self.retry_failed)


@dataclass(frozen=True)
class TaskChoice:
    """A task with the settings and seeds that are asked for."""

    task: Task
    settings: tuple[Setting, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class MethodChoice:
    """A method with resolved parameters and partners; those in ``grid`` are to be chosen among its values."""

    entry: Entry[type[Method]]
    parameters: dict[str, Any]
    partners: Mapping[str, Partner] = field(default_factory=dict)
    partner_labels: Mapping[str, str] = field(default_factory=dict)
    grid: dict[str, list[Any]] = field(default_factory=dict)

    @cached_property
    def source(self) -> str | None:
        """The hash of its source, as `source_digest` makes it, when it was first asked for."""
        return source_digest(self.entry)

    def declined_by(self, task: Task, setting: Setting) -> str | None:
        """Return why a task of its track does not measure it under a setting, or an empty string if it does.

        None for a task of another track.
        """
        if self.entry.value.track != task.track:
            return None
        return task.declines(self.entry.value, setting, [each.entry.value for each in self.partners.values()])


def current(registry: Registry, request: Request, tell: Tell) -> Request:
    """Return the request with today's names for those that tasks and methods had before, saying where each went."""
    named = {axis for axis, _ in request.settings}  # what the command says itself counts
    settings = dict.fromkeys(request.settings)

    def todays(
        patterns: Sequence[str], former: Mapping[str, tuple[str, Mapping[str, str]]], known: list[str]
    ) -> list[str]:
        names = []
        for pattern in patterns:
            matches = [] if _matches(pattern, known) else _matches(pattern, list(former))
            names += [former[name][0] for name in matches] or [pattern]
            for name in matches:
                today, values = former[name]
                added = [(axis, value) for axis, value in values.items() if axis not in named]
                options = "".join(f" --setting {axis}={value}" for axis, value in added)
                tell(f"{name} is now {today}{options}{', for all that this command runs' if options else ''}")
                settings.update(dict.fromkeys(added))
        return names

    tasks = todays(request.tasks, registry.former_tasks, [entry.name for entry in registry.tasks])
    methods = todays(request.methods, registry.former_methods, [entry.name for entry in registry.methods])
    return replace(request, tasks=tuple(tasks), methods=tuple(methods), settings=tuple(settings))


def _of_tier(names: set[str], tier: str, registry: Registry) -> set[str]:
    chosen = {name for name in names if registry.tasks[name].tier == tier}
    if not chosen:
        raise SuiteError(f"none of these tasks has the tier {tier}", place="--tier", next="suite tasks")
    return chosen


def select_tasks(registry: Registry, request: Request, tell: Tell = lambda text: None) -> list[TaskChoice]:
    """Return the tasks asked for, by id, with their settings. A task without an axis that was named is left out.

    Raises:
        SuiteError: a pattern matches nothing, no task has such an axis, or an axis has no such value.
    """
    if request.tours:
        tasks = [entry.value() for entry in registry.tasks if entry.value.tour]
        return [TaskChoice(task, tuple(map(task.setting, task.tour)), task.seeds) for task in tasks]
    if request.tasks:
        ids = [entry.name for entry in registry.tasks]
        names = {name for pattern in request.tasks for name in matching(pattern, ids, "task", place="--task")}
        if request.tier:
            names = _of_tier(names, request.tier, registry)
    else:
        names = {entry.name for entry in registry.tasks if entry.value.tier == (request.tier or "embedded")}
    tasks = [registry.tasks[name]() for name in sorted(names)]
    wanted: dict[str, list[str]] = {}
    for axis, value in request.settings:
        wanted.setdefault(axis, []).append(value)
    choices = []
    for task in tasks:
        lacking = wanted.keys() - {axis.name for axis in task.axes}
        lacking -= {NETWORK} if task.replaceable() is not None else set()
        if not lacking:
            asked = _settings(task, wanted, request.all_settings)
            choices.append(TaskChoice(task, asked, request.seeds or task.seeds))
            if others := sorted(set(request.seeds) - set(task.seeds)):
                tell(f"{task.id} does not have the seeds {others}: rows with seeds of its own do not count those runs")
        elif request.tasks:
            tell(f"{task.id} is left out: it has no axis {', '.join(sorted(lacking))}")
    if tasks and not choices:
        axes = {axis.name for task in tasks for axis in task.axes}
        unknown = next((axis for axis in wanted if axis not in axes), "")
        raise SuiteError(
            f"none of the chosen tasks has all of the axes {', '.join(wanted)}.{did_you_mean(unknown, axes)}",
            place=" ".join(f"--setting {axis}={value}" for axis, value in request.settings),
            next=f"suite tasks show {tasks[0].id}",
        )
    return choices


def _settings(task: Task, wanted: Mapping[str, list[str]], every: bool) -> tuple[Setting, ...]:
    """Return the settings of the wanted values and defaults, and with ``every`` all listed ones of these values."""
    combinations = (dict(zip(wanted, values, strict=True)) for values in itertools.product(*wanted.values()))
    named = [task.setting(values) for values in combinations]
    if every:
        listed = task.settings()
        named = [setting for setting in named if wanted or setting in listed]
        named += [setting for setting in listed if all(setting.get(axis) in wanted[axis] for axis in wanted)]
    return tuple(dict.fromkeys(named))


def select_methods(registry: Registry, request: Request, tracks: set[str]) -> list[MethodChoice]:
    """Return the methods asked for that belong to one of the tracks, with their parameters.

    A pattern matches a method's name or its ``track/name``.

    Raises:
        SuiteError: a pattern matches nothing, or an access, a parameter or a partner is unknown or wrong.
    """
    if request.methods:
        ids = [entry.name for entry in registry.methods]
        names = {name for pattern in request.methods for name in matching(pattern, ids, "method", place="--method")}
    else:
        names = _by_access(registry, request)
    _check_overrides(registry, request)
    choices = [_choice(registry, name, request) for name in sorted(names) if name.split("/", 1)[0] in tracks]
    _check_all_used(choices, request)
    return choices


def _by_access(registry: Registry, request: Request) -> set[str]:
    known = {access.name for track in registry.tracks for access in track.value.access}
    for access in request.access:
        if access not in known:
            raise SuiteError(
                f"unknown access {access!r}.{did_you_mean(access, known)}", place="--access", next="suite methods"
            )
    asked = set(request.access)
    return {
        entry.name
        for entry in registry.methods
        if request.standing in ("all", entry.value.standing)
        and (entry.value.tour or not request.tours)
        and (
            entry.value.needs & asked
            if asked
            else not entry.value.needs & registry.tracks[entry.value.track].on_request
        )
    }


def matching(pattern: str, names: Sequence[str], kind: str, *, place: str, next: str = "") -> list[str]:
    """Return the ``track/name`` ids that a shell pattern matches, with or without their track.

    Raises:
        SuiteError: it matches none; the message suggests what is close.
    """
    matches = _matches(pattern, names)
    if not matches:
        short = [*names, *(name.split("/", 1)[1] for name in names)]
        if any(name.startswith(f"{pattern}/") for name in names):  # a track, which is no task or method of its own
            raise SuiteError(
                f"{pattern!r} is a track. All of its {kind}s are '{pattern}/*'",
                place=place,
                next=next or f"suite {kind}s",
            )
        raise SuiteError(
            f"unknown {kind} {pattern!r}.{did_you_mean(pattern, short)}", place=place, next=next or f"suite {kind}s"
        )
    return matches


def _matches(pattern: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if fnmatchcase(name, pattern) or fnmatchcase(name.split("/", 1)[1], pattern)]


def _choice(registry: Registry, name: str, request: Request) -> MethodChoice:
    entry = registry.methods.entry(name)
    method, given = entry.value, _overrides(entry, request)
    partners: dict[str, Partner] = {}
    objects: dict[str, Method] = {}
    for role in method.partners.keys() & given.keys():
        partner = find_partner(registry, method, role, given.pop(role))
        objects[role] = partner.value(**_overrides(partner, request))
        partners[role] = Partner(partner, objects[role].parameters.model_dump(mode="json"))
    parameters: dict[str, Any] = method(**given, **objects).parameters.model_dump(mode="json")
    grid = {name: list(values) for name, values in method.grid.items() if request.tune and name not in given}
    labels = {role: partner.label for role, partner in objects.items()}
    return MethodChoice(entry, {**parameters, **dict.fromkeys(grid, TUNED)}, partners, labels, grid)


def _overrides(entry: Entry[type[Method]], request: Request) -> dict[str, Any]:
    def value_of(name: str, value: Any) -> Any:
        typed = isinstance(value, str) and name not in entry.value.partners
        return entry.value.Parameters.typed(name, value) if typed else value

    asked = [each for each in request.overrides if each[0] in (entry.name, entry.value.name)]
    return {name: value_of(name, value) for _, name, value in asked}


def _check_all_used(choices: Sequence[MethodChoice], request: Request) -> None:
    """Refuse a parameter of a method that is neither chosen nor a partner: it would be dropped without a word."""
    entries = [entry for choice in choices for entry in (choice.entry, *(p.entry for p in choice.partners.values()))]
    used = {name for entry in entries for name in (entry.name, entry.value.name)}
    for method, name, value in request.overrides if choices else ():
        if method not in used:
            raise SuiteError(
                f"{method} is not a method of this run, and not a partner of one",
                place=f"--set {method}.{name}={value}",
                next=f"suite run --method {method} --set {method}.{name}={value}",
            )


def _check_overrides(registry: Registry, request: Request) -> None:
    known = {name for entry in registry.methods for name in (entry.name, entry.value.name)}
    for method, name, value in request.overrides:
        if method not in known:
            raise SuiteError(
                f"unknown method {method!r}.{did_you_mean(method, known)}",
                place=f"--set {method}.{name}={value}",
                next="suite methods",
            )
