"""The contract tests of a registered method or task, as pytest collects them for ``suite check``; nobody wrote a file.

It is named by the environment variable `VARIABLE`, as JSON: ``{"task": "track/name"}``, or ``{"method": "track/name",
"given": {}, "changes": {}}``. Parameters without a change are tried with another value of their kind; where that shows
nothing, the check is skipped and says so, for it may be the value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Literal, get_args, get_origin

import pytest

from suite.contracts import Method
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.settings import load_settings
from suite.testing.method import Asked, DeclarationContract, MethodContract
from suite.testing.task import TaskDeclarationContract

VARIABLE = "SUITE_CHECK"


class Tried(MethodContract):
    """Before a contract: looks for the effect of parameters, of which only those in ``named`` must show one."""

    named: ClassVar[frozenset[str]] = frozenset()

    def test_every_parameter_has_an_effect(
        self, method: type[Method], given: Mapping[str, Any], changes: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> None:
        """A parameter that changes nothing is no parameter."""
        fields = method.Parameters.model_fields
        unseen, failing = sorted(set(fields) - set(changes)), []
        for name, change in changes.items():
            try:
                idle = self.idle(method, given, {name: change}, inputs, asked)
            except Exception as error:
                if name in self.named:
                    raise
                idle = [f"{name} ({type(error).__name__}: {error})"]
            failing += idle if name in self.named else []
            unseen += [] if name in self.named else idle
        assert failing == [], f"the answer is the same with {', '.join(f'{name}={changes[name]}' for name in failing)}"
        if unseen:
            pytest.skip(f"no effect was seen of {', '.join(unseen)}: name values that have one, --change NAME=VALUE")


def another(method: type[Method], name: str) -> Any:
    """Return a value of a parameter that is not its default and that it takes, or None."""
    default = method.Parameters.model_fields[name].get_default(call_default_factory=True)
    kind = method.Parameters.model_fields[name].annotation
    tried: tuple[Any, ...] = get_args(kind) if get_origin(kind) is Literal else ()
    if isinstance(default, bool):
        tried = (not default,)
    elif isinstance(default, int):
        tried = (default // 2, default + 1, default - 1)  # the smaller one first: many are numbers of steps
    elif isinstance(default, float):
        tried = (default / 2, default + 0.5, default * 2)
    for value in tried:
        try:
            if value != default and method(**{name: value}):
                return value
        except SuiteError:
            continue
    return None


def contract_classes(asked: Mapping[str, Any]) -> dict[str, type]:
    """Return the classes of contract tests of a registered method, by name, each with the method in its place.

    That is `DeclarationContract` for a method of which its track has no more to say.
    """
    settings = load_settings()
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    method = registry.methods[asked["method"]]
    named = asked["changes"]
    guessed = {name: another(method, name) for name in method.Parameters.model_fields if name not in named}
    changes = {**{name: value for name, value in guessed.items() if value is not None}, **named}
    members = {"method": method, "given": asked["given"], "changes": changes, "named": frozenset(named)}
    bases: list[type] = [_loaded(check) for check in registry.tracks[method.track].checks_of(method)]
    return {
        f"Test{base.__name__}": type(
            f"Test{base.__name__}", (Tried, base) if issubclass(base, MethodContract) else (base,), members
        )
        for base in bases or [DeclarationContract]
    }


def task_classes(task: str) -> dict[str, type]:
    """Return the classes of contract tests of a registered task, by name, each with the task in its place."""
    settings = load_settings()
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    cls = registry.tasks[task]
    bases: list[type] = [_loaded(check) for check in registry.tracks[task.partition("/")[0]].tasks.checks_of(cls)]
    return {
        f"Test{base.__name__}": type(f"Test{base.__name__}", (base,), {"task": cls})
        for base in bases or [TaskDeclarationContract]
    }


def _loaded(check: str) -> type:
    module, _, name = check.partition(":")
    found: type = getattr(import_module(module), name)
    return found


if VARIABLE in os.environ:
    named = json.loads(os.environ[VARIABLE])
    globals().update(task_classes(named["task"]) if "task" in named else contract_classes(named))
