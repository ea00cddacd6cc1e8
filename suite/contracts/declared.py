"""What a plugin class must have declared before it may register, so that no command trips over it later."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import TypeVar, get_args

from suite.contracts.card import Card
from suite.contracts.cost import Cost
from suite.contracts.method import Method, Parameters, Standing
from suite.contracts.metric import Column
from suite.contracts.role import Role
from suite.contracts.samples import Samples
from suite.contracts.setting import Axis, complete
from suite.contracts.task import Task, Tier
from suite.contracts.task_kit import TaskKit
from suite.contracts.track import Track

T = TypeVar("T")
VALUE = re.compile(r"^[^\s=,]{1,60}\Z")
AXIS = re.compile(r"^[a-z][a-z0-9-]{0,30}\Z")
CHECK = re.compile(r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*\Z")
METHOD: Mapping[str, type] = {
    **{"name": str, "version": str, "card": Card, "track": str},
    **{"needs": frozenset, "uses": frozenset, "partners": Mapping, "formerly": Mapping, "tour": bool},
}
TASK: Mapping[str, type] = {
    **dict.fromkeys(("id", "version", "tier", "title", "summary"), str),
    **dict.fromkeys(("metrics", "subsets", "seeds", "comparable_by", "axes", "libraries"), tuple),
    **{"primary": Column, "gives": frozenset, "formerly": Mapping},
}


def check_class(given: object, base: type[T], declared: Mapping[str, type]) -> type[T]:
    """Return ``given`` if it is a complete class that derives from ``base`` and declares these attributes.

    Raises:
        TypeError: it is not; the message says what is wrong.
    """
    if not isinstance(given, type) or not issubclass(given, base):
        raise TypeError(f"expected a class that derives from {describe(base)}, got {describe(given)}")
    missing = [name for name in declared if not hasattr(given, name)]
    if missing:
        raise TypeError(f"{describe(given)} does not declare {', '.join(missing)}")
    for name, kind in declared.items():
        if not isinstance(getattr(given, name), kind):
            raise TypeError(f"{describe(given)}: {name} is {getattr(given, name)!r}, not a {kind.__name__}")
    if inspect.isabstract(given):
        members = {name: inspect.getattr_static(given, name, None) for name in dir(given)}
        abstract = [name for name, member in members.items() if getattr(member, "__isabstractmethod__", False)]
        raise TypeError(f"{describe(given)} does not define {', '.join(abstract)}")
    return given


def check_method(given: object) -> type[Method]:
    """Return ``given`` if it is a complete method whose parameters all have defaults."""
    cls = check_class(given, Method, METHOD)
    if not isinstance(cls.Parameters, type) or not issubclass(cls.Parameters, Parameters):
        raise TypeError(f"{describe(cls)}.Parameters does not derive from {describe(Parameters)}")
    if cls.standing not in get_args(Standing):
        raise ValueError(
            f"{describe(cls)}: the standing is {cls.standing!r}. It must be one of {', '.join(get_args(Standing))}"
        )
    for role, contract in cls.partners.items():
        if not isinstance(contract, type) or not issubclass(contract, Method):
            raise TypeError(
                f"{describe(cls)}: the partner {role!r} is {contract!r}. It must be a class of suite.Method"
            )
    if twice := cls.partners.keys() & cls.Parameters.model_fields.keys():
        raise TypeError(f"{describe(cls)}: {', '.join(sorted(twice))} is a parameter and also a partner")
    required = [name for name, field in cls.Parameters.model_fields.items() if field.is_required()]
    if required:
        raise TypeError(f"{describe(cls)}: these parameters need a default: {', '.join(map(repr, required))}")
    for name, values in cls.grid.items():
        for value in values:
            cls(**{name: value})  # a SuiteError names the parameter or its value
    return cls


def check_task(given: object) -> type[Task]:
    """Return ``given`` if it is a complete task with seeds, a known tier, and a primary column among its columns."""
    cls = check_class(given, Task, TASK)
    if cls.tier not in get_args(Tier):
        raise ValueError(f"task {cls.id}: the tier is {cls.tier!r}. It must be one of {', '.join(get_args(Tier))}")
    if not cls.seeds or any(not isinstance(seed, int) or seed < 0 for seed in cls.seeds):
        raise ValueError(
            f"task {cls.id}: the seeds are {cls.seeds!r}. They must be integers of 0 or more, at least one"
        )
    if cls.primary.metric not in {metric.name for metric in cls.metrics}:
        raise ValueError(f"task {cls.id}: the primary metric {cls.primary.metric!r} is not one of its metrics")
    if cls.primary.subset not in cls.subsets:
        raise ValueError(f"task {cls.id}: the primary subset {cls.primary.subset!r} is not one of its subsets")
    if not isinstance(cls.samples, type) or not issubclass(cls.samples, Samples):
        raise TypeError(f"task {cls.id}: samples is {describe(cls.samples)}. It must be a class of suite.Samples")
    _check_axes(cls)
    _check_tour(cls)
    return cls


def check_roles(track: Track) -> None:
    """Check that a track's roles are `Role`s of different names, whose checks have contracts and whose folders exist.

    Raises:
        TypeError: they are something else.
        ValueError: a role says what cannot be.
    """
    if not isinstance(track.roles, tuple) or not all(isinstance(role, Role) for role in track.roles):
        raise TypeError(
            f"the roles of track {track.name!r} are {track.roles!r}. They must be a tuple of suite.contracts.Role"
        )
    names = [role.name for role in track.roles]
    if not all(AXIS.match(name) for name in names) or len(set(names)) < len(names):
        raise ValueError(f"the roles of track {track.name!r} are {names!r}. They must be different names in lower case")
    for role in track.roles:
        where = f"the role {role.name!r} of track {track.name!r}"
        for contract, check in role.checks.items():
            if not isinstance(contract, type) or not issubclass(contract, Method) or not CHECK.match(check):
                raise ValueError(
                    f"{where} has the check {check!r} of {describe(contract)}, not 'module:Class' of a Method"
                )
        if role.template is not None and not role.template.is_dir():
            raise ValueError(f"{where} has a template that is not a folder: {role.template}")


def check_task_kit(track: Track) -> None:
    """Check that a track's `TaskKit` names classes of tasks and of checks, and folders that exist.

    Raises:
        TypeError: it is something else.
        ValueError: it says what cannot be.
    """
    if not isinstance(track.tasks, TaskKit):
        raise TypeError(
            f"the tasks of track {track.name!r} are {track.tasks!r}. They must be a suite.contracts.TaskKit"
        )
    for base, check in track.tasks.checks.items():
        if not CHECK.match(base) or not CHECK.match(check):
            raise ValueError(f"track {track.name!r} has the check {check!r} of {base!r}, not 'module:Class' of both")
    for folder in (track.tasks.template, track.tasks.images):
        if folder is not None and not folder.is_dir():
            raise ValueError(f"track {track.name!r} has a template that is not a folder: {folder}")


def _check_axes(cls: type[Task]) -> None:
    names = [axis.name if isinstance(axis, Axis) else "" for axis in cls.axes]
    if not all(AXIS.match(name) for name in names) or len(set(names)) < len(names):
        raise ValueError(
            f"task {cls.id}: its axes are {cls.axes!r}. They must be suite.Axis, with different names in lower case"
        )
    for axis in cls.axes:
        words = isinstance(axis.values, tuple) and all(isinstance(v, str) and VALUE.match(v) for v in axis.values)
        if not words or not axis.values or len(set(axis.values)) < len(axis.values):
            found = f"the values of its axis {axis.name!r} are {axis.values!r}"
            raise ValueError(f"task {cls.id}: {found}, not different words in a tuple")
        try:
            re.compile(axis.pattern)
        except re.error as error:
            raise ValueError(f"task {cls.id}: the pattern of its axis {axis.name!r}: {error}") from None
        if unknown := axis.gives.keys() - set(axis.values):
            raise ValueError(f"task {cls.id}: its axis {axis.name!r} has no value {', '.join(sorted(unknown))}")


def _check_tour(cls: type[Task]) -> None:
    if cls.cost is not None and not (isinstance(cls.cost, Cost) and cls.cost.preparation >= 0 < cls.cost.cell):
        raise ValueError(f"task {cls.id}: its cost is {cls.cost!r}. It must be a suite.Cost, in seconds")
    if not isinstance(cls.tour, tuple) or (cls.tour and (cls.cost is None or len(cls.seeds) < 2)):
        found = f"its tour is {cls.tour!r}"
        raise ValueError(f"task {cls.id}: {found}, not settings in a tuple, beside a suite.Cost and two seeds or more")
    for values in cls.tour:
        complete(cls.axes, values, task=cls.id)  # a SuiteError names the axis or its value


def describe(given: object) -> str:
    """Return a class's full name, or the start of anything else's representation."""
    return f"{given.__module__}.{given.__qualname__}" if isinstance(given, type) else repr(given)[:200]
