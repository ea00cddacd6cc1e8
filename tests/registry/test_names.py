"""Names that reach the command line, file names and URLs: what is a name, and what is not."""

from __future__ import annotations

import pytest

from suite import Card, Column, Metric, Task, Track, hookimpl
from suite.contracts import Executor
from suite.registry import Plugin, Registry
from suite.tracks.ood import Detector

GOOD = ["msp", "a", "7", "field-potential", "resnet.v2", "a" * 64]
BAD = ["", "MSP", "-msp", ".msp", "two words", "a_b", "a" * 65, "ä", "a\nb", "../up", "=cmd", "a/b/c"]


def register(hook: str, *values: object) -> Plugin:
    """Return the plugin that registered a track ``ood`` and these values with one hook."""
    registry, plugin = Registry(), Plugin("test", "test", "1", "test")

    class Hooks:
        @staticmethod
        @hookimpl
        def suite_register_tracks(register):
            register(Track(name="ood", title="OOD", question="Which?", contract=Detector))
            if hook == "suite_register_tracks":
                for value in values:
                    register(value)

    if hook != "suite_register_tracks":

        @hookimpl
        def other(register):
            for value in values:
                register(value)

        setattr(Hooks, hook, staticmethod(other))
    registry.add_plugin(plugin, lambda: Hooks)
    registry.call_hooks()
    return plugin


def method_named(name: object) -> type[Detector]:
    return type(
        "Named",
        (Detector,),
        {"name": name, "version": "1", "card": Card(title="Named", status="baseline"), "score": lambda self, batch: 0},
    )


def task_named(name: object) -> type[Task]:
    declared = {
        "id": name,
        "version": "1",
        "tier": "embedded",
        "title": "Named",
        "summary": "Nothing.",
        "metrics": (Metric(name="auroc", direction="higher", unit="fraction", definition="An example."),),
        "primary": Column(metric="auroc", subset="near"),
        "subsets": ("near",),
        "seeds": (0,),
        "evaluate": lambda self, method, context: None,
    }
    return type("Named", (Task,), declared)


def executor_named(name: str) -> type[Executor]:
    return type("Named", (Executor,), {"name": name, "execute": lambda self, jobs: iter(())})


def failures(plugin: Plugin) -> list[str]:
    return [failure.message for failure in plugin.failures]


@pytest.mark.parametrize("name", [*GOOD, "pytorch-ood/mahalanobis"])
def test_names_of_methods(name: str) -> None:
    plugin = register("suite_register_methods", method_named(name))
    assert (failures(plugin), plugin.registered) == ([], ["track ood", f"method ood/{name}"])


@pytest.mark.parametrize("name", [*BAD, "Library/msp", "library/", "/msp"])
def test_what_is_no_name_of_a_method(name: str) -> None:
    plugin = register("suite_register_methods", method_named(name))
    assert [message.startswith(f"ValueError: {name!r} is not a method name") for message in failures(plugin)] == [True]
    assert plugin.registered == ["track ood"]


@pytest.mark.parametrize("name", GOOD)
def test_names_of_tasks(name: str) -> None:
    plugin = register("suite_register_tasks", task_named(f"ood/{name}"))
    assert (failures(plugin), plugin.registered) == ([], ["track ood", f"task ood/{name}"])


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_name_of_a_task(name: str) -> None:
    plugin = register("suite_register_tasks", task_named(f"ood/{name}"))
    assert [message.startswith(f"ValueError: {name!r} is not a name") for message in failures(plugin)] == [True]


def test_a_task_names_a_track_that_exists() -> None:
    assert (
        "unknown track 'odd'. Did you mean 'ood'?" in failures(register("suite_register_tasks", task_named("odd/x")))[0]
    )
    assert failures(register("suite_register_tasks", task_named("no-track")))[0].startswith("SuiteError: unknown track")


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_name_of_an_executor_or_a_track(name: str) -> None:
    track = Track(name=name, title="Named", question="Which?", contract=Detector)
    for plugin in (
        register("suite_register_executors", executor_named(name)),
        register("suite_register_tracks", track),
    ):
        assert [message.startswith(f"ValueError: {name!r} is not a name") for message in failures(plugin)] == [True]


def test_libraries_of_a_track_are_names_in_a_tuple() -> None:
    track = Track(name="named", title="Named", question="Which?", contract=Detector, libraries="timm")  # type: ignore[arg-type]
    (message,) = failures(register("suite_register_tracks", track))
    assert "the libraries of track 'named' are 'timm'. They must be a tuple of names" in message


def test_libraries_of_a_task_are_in_a_tuple() -> None:
    task = type("Named", (task_named("ood/named"),), {"libraries": "timm"})
    (message,) = failures(register("suite_register_tasks", task))
    assert "libraries is 'timm', not a tuple" in message


@pytest.mark.parametrize("name", [None, 5, b"msp"])
def test_a_name_is_text(name: object) -> None:
    plugin = register("suite_register_methods", method_named(name))
    assert len(plugin.failures) == 1
    assert plugin.registered == ["track ood"]


def test_one_plugin_cannot_register_a_name_twice() -> None:
    plugin = register("suite_register_methods", method_named("twice"), method_named("twice"))
    assert plugin.registered == ["track ood", "method ood/twice"]
    assert "'ood/twice' was already registered by plugin 'test' (test 1)" in failures(plugin)[0]


def test_declarations_that_are_missing_are_listed() -> None:
    nameless = type("Nameless", (Detector,), {"score": lambda self, batch: 0})
    plugin = register("suite_register_methods", nameless)
    (message,) = failures(plugin)
    assert message.endswith(".Nameless does not declare name, version, card")


def test_the_primary_metric_is_one_of_the_task() -> None:
    other = type("Other", (task_named("ood/other"),), {"primary": Column(metric="accuracy", subset="near")})
    plugin = register("suite_register_tasks", other)
    assert failures(plugin) == ["ValueError: task ood/other: the primary metric 'accuracy' is not one of its metrics"]
