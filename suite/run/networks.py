"""Networks of users' own: brought once with their file, from then on known by the value of the axis ``network``."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from suite.cache import Cache
from suite.contracts import Setting, Task
from suite.contracts.substitute import NETWORK
from suite.data.transform import Transform
from suite.errors import SuiteError
from suite.models.architecture import Architecture
from suite.models.brought import Brought, bring
from suite.models.network import Network
from suite.models.own import OwnNetwork
from suite.run.selection import TaskChoice

KIND = "networks"


def with_network(choice: TaskChoice, brought: Brought, cache: Cache) -> TaskChoice:
    """Return the choice with a network in the place of the task's reference model, and remember it.

    Raises:
        SuiteError: the task takes none, or the network is not one for it.
    """
    network = bring(brought, _reference(choice.task))
    cache.write_note(KIND, {"name": network.name}, {"file": str(network.file), **network.identity})
    settings = tuple(Setting({**setting, NETWORK: network.name}) for setting in choice.settings)
    choice.task.substitute = network
    return replace(choice, settings=settings)


def by_network(choice: TaskChoice, cache: Cache) -> list[TaskChoice]:
    """Return the choice in parts: settings that name a network apart, each with a task that asks it.

    Raises:
        SuiteError: a network is not known here.
    """
    parts: dict[str, list[Setting]] = {}
    for setting in choice.settings:
        parts.setdefault(setting.get(NETWORK, ""), []).append(setting)
    choices = [replace(choice, task=copy(choice.task), settings=tuple(settings)) for settings in parts.values()]
    for part in choices:
        stand_in(part.task, part.settings[0], cache)
    return choices


def stand_in(task: Task, setting: Setting, cache: Cache) -> None:
    """Let the network that a setting names stand in for the task's own, which it is if the setting names none.

    Raises:
        SuiteError: no such network was brought here.
    """
    task.substitute = recall(setting[NETWORK], cache) if NETWORK in setting else None


def recall(name: str, cache: Cache) -> OwnNetwork:
    """Return a network that was brought before; its file is looked at only when it is used.

    Raises:
        SuiteError: none of that name was brought here.
    """
    note = cache.note(KIND, {"name": name})
    if note is None:
        raise SuiteError(
            f"the network {name!r} is not known here. Its file was never given",
            place=f"the setting {NETWORK}={name}",
            next="give its file: suite run --task TASK --model FILE --architecture NAME",
        )
    look: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in note["transform"].items()}
    architecture = Architecture(note["architecture"], note["arguments"])
    return OwnNetwork(Path(note["file"]), note["sha256"], architecture, Transform(**look))


def _reference(task: Task) -> Network:
    reference = task.replaceable()
    if not isinstance(reference, Network):
        raise SuiteError(
            f"{task.id} cannot use your own network",
            place="--model",
            next="choose another task: suite tasks",
        )
    return reference
