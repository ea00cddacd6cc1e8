"""Whoever mistypes a name is told the one that was meant, where it was looked for, and what to type next."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from suite import SuiteError
from suite.cli.main import app
from suite.registry import Registry, load_registry
from suite.run.selection import Request, select_methods, select_tasks


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.mark.parametrize(("typed", "meant"), [("enrgy", "ood/energy"), ("mahalanobiss", "ood/mahalanobis")])
def test_methods(registry: Registry, typed: str, meant: str) -> None:
    with pytest.raises(SuiteError, match=f"unknown method 'ood/{typed}'. Did you mean '{meant}'") as caught:
        registry.method("ood", typed)
    assert caught.value.next == "suite methods"


def test_tasks_and_tracks_and_executors(registry: Registry) -> None:
    with pytest.raises(SuiteError, match=r"unknown task 'ood/digit'\. Did you mean 'ood/digits'"):
        registry.tasks["ood/digit"]
    with pytest.raises(SuiteError, match=r"unknown track 'odo'\. Did you mean 'ood'\?"):
        registry.tracks["odo"]
    with pytest.raises(SuiteError, match=r"unknown executor 'proces'\. Did you mean 'process'\?") as caught:
        registry.executors["proces"]
    assert caught.value.next == "suite run --help"


def test_nothing_is_suggested_where_nothing_is_close(registry: Registry) -> None:
    with pytest.raises(SuiteError) as caught:
        registry.tasks["zzzzzzzzzz"]
    assert "Did you mean" not in caught.value.cause


def test_a_method_belongs_to_its_track(registry: Registry) -> None:
    assert registry.method("ood", "msp").value.name == "msp"
    assert {entry.value.track for entry in registry.methods_of("ood")} == {"ood"}
    assert registry.methods_of("no-track") == []


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(methods=("enrgy",)), "unknown method 'enrgy'. Did you mean 'energy'"),
        (Request(methods=("energy", "ood/ms")), "unknown method 'ood/ms'. Did you mean 'ood/msp'"),
        (Request(overrides=(("enrgy", "temperature", "2"),)), "unknown method 'enrgy'. Did you mean 'energy'"),
        (Request(overrides=(("energy", "temprature", "2"),)), "Did you mean 'temperature'?"),
        (Request(overrides=(("energy", "temperature", "hot"),)), "parameter 'temperature' of method 'energy'"),
    ],
    ids=["method", "second method", "method of a parameter", "parameter", "value"],
)
def test_what_a_run_is_asked_for(registry: Registry, request_: Request, expected: str) -> None:
    with pytest.raises(SuiteError) as caught:
        select_methods(registry, request_, {"ood"})
    assert expected in caught.value.cause


def test_a_task_pattern_that_matches_nothing(registry: Registry) -> None:
    with pytest.raises(SuiteError, match="Did you mean 'digits'") as caught:
        select_tasks(registry, Request(tasks=("digit",)))
    assert (caught.value.place, caught.value.next) == ("--task", "suite tasks")


def test_parameters_say_which_command_lists_them(registry: Registry) -> None:
    with pytest.raises(SuiteError) as caught:
        registry.methods["ood/energy"](temperature=-1)
    assert caught.value.next == "suite methods show energy"
    assert caught.value.place == "suite.plugins.ood.energy.Energy"


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("methods", "show", "enrgy"), "energy"),
        (("tasks", "show", "ood/digit"), "ood/digits"),
        (("run", "--task", "ood/digits", "--method", "enrgy"), "energy"),
        (("run", "--task", "ood/digitz"), "ood/digits"),
        (("run", "--set", "energy.temprature=2"), "temperature"),
        (("run", "--task", "ood/digits", "--executor", "proces"), "process"),
    ],
    ids=" ".join,
)
def test_the_command_line_passes_it_on(arguments: tuple[str, ...], meant: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments, env={"SUITE_HOME": str(tmp_path)})
    assert isinstance(result.exception, SuiteError)
    assert f"Did you mean '{meant}'" in result.exception.cause


def test_a_former_name_finds_the_method_of_today() -> None:
    registry = load_registry()
    assert registry.method("basins", "gmm-known") is registry.method("basins", "gmm")
    with pytest.raises(SuiteError, match="unknown method 'basins/gmm-unknown'"):
        registry.method("basins", "gmm-unknown")


@pytest.mark.parametrize(("name", "league"), [("msp", "post-hoc"), ("knn", "post-hoc"), ("pytorch-ood/vim", "peer")])
def test_the_former_league_of_a_detector_is_told_with_a_warning(name: str, league: str) -> None:
    detector = load_registry().method("ood", name).value
    with pytest.warns(DeprecationWarning, match="needs, and standing") as told:
        assert detector.league == league
    assert told[0].filename == __file__, "it names the line that asks"


def test_of_few_names_all_are_listed_where_none_is_close(registry: Registry) -> None:
    with pytest.raises(SuiteError, match=r"unknown executor 'xyz'\. There are: inline, process, "):
        registry.executors.entry("xyz")
    with pytest.raises(SuiteError, match=r"unknown method 'xyz/xyz'\.\n"):
        registry.methods.entry("xyz/xyz").value  # noqa: B018 - it raises
