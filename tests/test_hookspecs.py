"""Every hook is documented, is called once per plugin, and takes only what it is for."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from suite import Card, Column, Metric, Task, Track, hookimpl, hookspecs
from suite.contracts import Executor, Listener, Page
from suite.registry import HOOKS, Plugin, Registry
from suite.tracks.ood import Detector

QUESTION = Track(name="ood", title="OOD", question="Which?", contract=Detector)


class Constant(Detector):
    name = "constant"
    version = "1"
    card = Card(title="Constant", status="baseline")

    def score(self, batch):
        return batch.logits.new_zeros(len(batch.logits))


class Empty(Task):
    id = "ood/empty"
    version = "1"
    tier = "embedded"
    title = "Empty"
    summary = "Nothing."
    metrics = (Metric(name="auroc", direction="higher", unit="fraction", definition="An example."),)
    primary = Column(metric="auroc", subset="near")
    subsets = ("near",)
    seeds = (0,)

    def evaluate(self, method, context):
        raise NotImplementedError


class Idle(Executor):
    name = "idle"

    def execute(self, jobs):
        return iter(())


class Deaf(Listener):
    name = "deaf"


ACCEPTED = {
    "suite_register_tracks": (QUESTION, "track ood"),
    "suite_register_methods": (Constant, "method ood/constant"),
    "suite_register_tasks": (Empty, "task ood/empty"),
    "suite_register_executors": (Idle, "executor idle"),
    "suite_register_pages": (Page(path="about", title="About", script=Path("about.py")), "page about"),
    "suite_register_listeners": (Deaf, "listener deaf"),
}
"""What each hook takes. A hook that is added to the hookspecs and not here fails the tests of this file."""


def plugin_with(hooks: dict[str, Callable[[Callable[[object], None]], None]]) -> ModuleType:
    """Return a module with marked hooks that call the given functions."""
    module = ModuleType("plugin_with_hooks")
    for name, function in hooks.items():
        setattr(module, name, marked(function))
    return module


def marked(function: Callable[[Callable[[object], None]], None]) -> Callable[[Callable[[object], None]], None]:
    @hookimpl
    def hook(register):
        function(register)

    return hook


def loaded(module: ModuleType) -> tuple[Registry, Plugin]:
    """Return a registry with one plugin, and that plugin."""
    registry, plugin = Registry(), Plugin("test", "test", "1", "test")
    registry.add_plugin(plugin, lambda: module)
    registry.call_hooks()
    return registry, plugin


def test_every_hook_of_the_hookspecs_is_known_to_the_registry() -> None:
    specified = [name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")]
    assert list(HOOKS) == specified
    assert set(ACCEPTED) == set(specified)


def test_tracks_come_first_for_methods_and_tasks_refer_to_them() -> None:
    assert HOOKS[0] == "suite_register_tracks"


def test_every_hook_is_called_once_and_in_order() -> None:
    called = []
    module = plugin_with({name: lambda register, name=name: called.append(name) for name in reversed(HOOKS)})
    _, plugin = loaded(module)
    assert plugin.failures == []
    assert called == list(HOOKS)
    assert plugin.hooks == list(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_takes_what_it_is_for(hook: str) -> None:
    value, registered = ACCEPTED[hook]
    hooks = {"suite_register_tracks": lambda register: register(QUESTION), hook: lambda register: register(value)}
    _, plugin = loaded(plugin_with(hooks))
    assert plugin.failures == []
    assert registered in plugin.registered


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("other", [*HOOKS, "None"])
def test_a_hook_refuses_what_another_is_for(hook: str, other: str) -> None:
    if hook == other:
        return
    value = ACCEPTED[other][0] if other in ACCEPTED else None
    _, plugin = loaded(plugin_with({hook: lambda register: register(value)}))
    (failure,) = plugin.failures
    assert failure.message.startswith("TypeError: expected ")
    assert failure.stage.startswith(f"{hook}(")
    assert plugin.registered == []


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_takes_the_string_that_names_the_thing(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, registered = ACCEPTED[hook]
    named = ModuleType("module_with_a_thing")
    named.thing = value
    monkeypatch.setitem(sys.modules, "module_with_a_thing", named)
    hooks = {"suite_register_tracks": lambda register: register(QUESTION)} | {
        hook: lambda register: register("module_with_a_thing:thing")
    }
    _, plugin = loaded(plugin_with(hooks))
    assert plugin.failures == []
    assert registered in plugin.registered


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_what_it_is_for(hook: str) -> None:
    specification = getattr(hookspecs, hook)
    assert (specification.__doc__ or "").startswith("Register ")
    assert list(inspect.signature(specification).parameters) == ["register"]


def test_a_module_without_hooks_is_a_plugin_that_registers_nothing() -> None:
    _, plugin = loaded(ModuleType("nothing"))
    assert (plugin.status, plugin.hooks, plugin.registered) == ("ok", [], [])
