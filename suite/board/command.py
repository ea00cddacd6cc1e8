"""The command that makes a run again, and those that make the rows of a table.

It says what a cell's identity holds and a command may choose: task, setting, method, partners, parameters that differ
from the defaults, tuning, seeds. The rest of the identity follows from the versions and the data; see `recipe`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from suite.contracts import TUNED
from suite.contracts.method import as_text
from suite.contracts.substitute import NETWORK
from suite.registry import Registry
from suite.store.rows import CellRow


@dataclass(frozen=True)
class Command:
    """A call of ``suite run`` that makes each method at each seed.

    Attributes:
        overrides: values by ``method.parameter``, as JSON has them; a partner's name is one.
    """

    task: str
    setting: Mapping[str, str]
    methods: tuple[str, ...]
    overrides: Mapping[str, Any]
    tune: bool
    seeds: tuple[int, ...]

    @property
    def arguments(self) -> list[str]:
        """The words after ``suite``."""
        options = [("--task", self.task)]
        options += [("--setting", f"{axis}={value}") for axis, value in self.setting.items()]
        options += [("--method", method) for method in self.methods]
        options += [("--set", f"{name}={as_text(value)}") for name, value in self.overrides.items()]
        options += [("--seed", str(seed)) for seed in self.seeds]
        return ["run", *(word for option in options for word in option), *(["--tune"] if self.tune else [])]

    def __str__(self) -> str:
        """The line to type, quoted for a shell."""
        return f"suite {shlex.join(self.arguments)}"


def command(cell: CellRow, registry: Registry, seeds: Sequence[int] = ()) -> Command:
    """Return the command that makes a cell again, at other seeds than its own if some are given."""
    identity = json.loads(cell.identity)
    grid: Mapping[str, Any] = identity.get("grid") or {}
    track = cell.method.partition("/")[0]
    members = [(cell.method, cell.method_version, identity.get("parameters", cell.parameters))]
    overrides: dict[str, Any] = {}
    for role, partner in sorted((identity.get("partners") or {}).items()):
        overrides[f"{_short(cell.method)}.{role}"] = partner["method"].removeprefix(f"{track}/")
        members.append((partner["method"], partner["version"], partner["parameters"]))
    for name, version, parameters in members:
        told = _told(registry, name, version, parameters, grid if name == cell.method else {})
        overrides |= {f"{_short(name)}.{parameter}": value for parameter, value in told.items()}
    return Command(
        task=cell.task,
        setting={**(identity.get("setting") or {}), **{n: v for n, v in cell.setting.items() if n == NETWORK}},
        methods=(_short(cell.method),),
        overrides=overrides,
        tune=bool(grid),
        seeds=tuple(seeds) or (cell.seed,),
    )


def commands(cells: Iterable[tuple[CellRow, Sequence[int]]], registry: Registry) -> list[Command]:
    """Return the fewest commands that make all of these cells again, each at its seeds.

    Parameters are for whatever method or partner of a command has their name, so only methods without any share one.
    """
    made = [command(cell, registry, seeds) for cell, seeds in cells]
    shared: dict[tuple[Any, ...], Command] = {}
    for each in made:
        if not each.overrides:
            key = (each.task, *sorted(each.setting.items()), each.tune, each.seeds)
            first = shared.setdefault(key, replace(each, methods=()))
            shared[key] = replace(first, methods=(*first.methods, *each.methods))
    return [*shared.values(), *(each for each in made if each.overrides)]


def _told(
    registry: Registry, name: str, version: str, parameters: Mapping[str, Any], grid: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parameters that the command has to say.

    All of them if the method is not installed in the version that ran: the defaults of that one are not known.
    """
    installed = name in registry.methods and registry.methods[name].version == version
    chosen_by_tuning = {key for key in grid if parameters.get(key) == TUNED}
    told = {key: value for key, value in sorted(parameters.items()) if key not in chosen_by_tuning}
    if not installed:
        return told
    method = registry.methods[name]
    defaults = method.Parameters().model_dump(mode="json")
    kept_from_tuning = set(method.grid) if grid else set()
    return {
        key: value
        for key, value in told.items()
        if key in kept_from_tuning or key not in defaults or defaults[key] != value
    }


def _short(name: str) -> str:
    """Return a method's name without its track, which the task names."""
    return name.partition("/")[2]
