"""Commands that make runs again: what they say is parsed and planned, and comes out as the very same cell."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

import suite
from suite.board.command import Command, command, commands
from suite.cli.main import main
from suite.registry import Registry, load_registry
from suite.run.identity import Ingredients, make_cell
from suite.run.selection import Request, TaskChoice, current, select_methods, select_tasks
from suite.store.rows import CellRow

KNOWN = Ingredients({"data/some": "a" * 64}, {"data/some": "b" * 64})
Plan = Callable[[Command], list[CellRow]]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(())


class Asked(BaseException):
    """What a command line came to, on its way out of the command."""

    def __init__(self, request: Request) -> None:
        self.request = request


def cells(registry: Registry, request: Request) -> list[CellRow]:
    """Return what the planner makes of a request, but for the data, which are taken to be the same."""
    request = current(registry, request, lambda text: None)
    tasks: Sequence[TaskChoice] = select_tasks(registry, request)
    methods = select_methods(registry, request, {choice.task.track for choice in tasks})
    return [
        make_cell(choice.task, setting, method, seed, KNOWN)
        for choice in tasks
        for setting in choice.settings
        for method in methods
        if method.declined_by(choice.task, setting) == ""
        for seed in choice.seeds
    ]


@pytest.fixture
def plan(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Type a command as a shell would hand it on, and return the cells that it plans."""

    class Runner:
        def __init__(self, *about: object) -> None:
            pass

        def run(self, request: Request, *limit: object, **waiting: object) -> None:
            raise Asked(request)

    monkeypatch.setattr("suite.run.runner.Runner", Runner)

    def planned(made: Command) -> list[CellRow]:
        program, *words = shlex.split(str(made))
        monkeypatch.setattr(sys, "argv", [program, *words])
        try:
            if program == "suite":
                main()
            else:
                assert (program, words[0], len(words)) == ("python", "-c", 2)
                exec(words[1], {})
        except Asked as asked:
            return cells(registry, asked.request)
        pytest.fail("nothing was asked for")

    return planned


def test_every_method_is_planned_again_as_the_very_same_cell(registry: Registry, plan: Plan) -> None:
    tasks = ("ood/digits", "quantization/digits-vit", "replay/split-digits", "basins/d50")
    made = cells(registry, Request(tasks=tasks, seeds=(3,), standing="all"))
    assert len(made) > 80
    typed = commands([(cell, ()) for cell in made], registry)
    assert len(typed) == len(tasks)
    assert sorted(cell.id for each in typed for cell in plan(each)) == sorted(cell.id for cell in made)


@pytest.mark.parametrize(
    ("task", "overrides", "line"),
    [
        ("ood/digits", [("energy", "temperature", "2")], "--method energy --set energy.temperature=2.0 --seed 1"),
        ("ood/digits", [("knn", "k", "7")], "--method knn --set knn.k=7 --seed 1"),
        ("replay/split-digits", [("mir", "update", "ring")], "--method mir --set mir.update=ring --seed 1"),
        (
            "replay/split-digits",
            [("mir", "update", "gss"), ("gss", "size", "3")],
            "--method mir --set mir.update=gss --set gss.size=3 --seed 1",
        ),
    ],
)
def test_parameters_and_partners_that_differ_are_said(
    registry: Registry, plan: Plan, task: str, overrides: list[tuple[str, str, str]], line: str
) -> None:
    asked = Request(tasks=(task,), methods=(overrides[0][0],), seeds=(1,), overrides=tuple(overrides))
    (cell,) = cells(registry, asked)
    made = command(cell, registry)
    assert str(made) == f"suite run --task {task} {line}"
    assert [again.id for again in plan(made)] == [cell.id]


def test_settings_are_said_where_they_are_not_the_default(registry: Registry, plan: Plan) -> None:
    request = Request(tasks=("quantization/digits-vit",), methods=("rtn-minmax",), seeds=(0,), all_settings=True)
    made = cells(registry, request)
    assert len(made) > 2
    for cell in made:
        again = command(cell, registry)
        assert len(again.setting) == sum(
            value != axis.default for axis in registry.tasks[cell.task].axes for value in [cell.setting[axis.name]]
        )
        assert [planned.id for planned in plan(again)] == [cell.id]


def test_tuning_is_asked_for_again_but_for_what_it_was_not_to_choose(registry: Registry, plan: Plan) -> None:
    free = Request(tasks=("basins/d50",), methods=("msm-pcca",), seeds=(0,), tune=True)
    for request in (free, replace(free, overrides=(("msm-pcca", "lag", "1"),))):
        (cell,) = cells(registry, request)
        made = command(cell, registry)
        assert made.overrides == ({} if request == free else {"msm-pcca.lag": 1})
        assert [again.id for again in plan(made)] == [cell.id]


@pytest.mark.parametrize(
    ("task", "method", "parameters"),
    [
        ("ood/digits", "vim", {"d": 5}),
        ("basins/d50", "kway-discrimination", {"lags": (2, 3)}),
    ],
)
def test_numbers_and_lists_are_typed_as_json(
    registry: Registry, plan: Plan, task: str, method: str, parameters: Mapping[str, Any]
) -> None:
    overrides = tuple((method, name, value) for name, value in parameters.items())
    (cell,) = cells(registry, Request(tasks=(task,), methods=(method,), seeds=(0,), overrides=overrides))
    made = command(cell, registry)
    assert [again.id for again in plan(made)] == [cell.id]


def test_a_method_of_another_version_is_told_every_parameter(registry: Registry) -> None:
    (cell,) = cells(registry, Request(tasks=("ood/digits",), methods=("knn",), seeds=(0,)))
    assert "--set" not in command(cell, registry).arguments
    for changed in (replace(cell, method_version="0"), replace(cell, method="ood/gone")):
        assert len(command(changed, registry).overrides) == len(cell.parameters)


def test_rows_without_parameters_share_a_command(registry: Registry, plan: Plan) -> None:
    one = Request(tasks=("ood/digits",), methods=("knn", "energy", "msp"), seeds=(0,))
    plain = cells(registry, one)
    (hot,) = cells(registry, replace(one, methods=("energy",), overrides=(("energy", "temperature", "2"),)))
    made = commands([*((cell, (0, 1)) for cell in plain), (hot, (0, 1))], registry)
    assert [len(each.methods) for each in made] == [3, 1]
    assert {cell.id for cell in (*plain, hot)} <= {again.id for each in made for again in plan(each)}
    assert sum(len(plan(each)) for each in made) == 8


def test_what_a_store_says_is_quoted(registry: Registry) -> None:
    (cell,) = cells(registry, Request(tasks=("ood/digits",), methods=("knn",), seeds=(0,)))
    hostile = replace(cell, task="ood/x; rm -rf ~", method="ood/$(touch y)")
    words = shlex.split(str(command(hostile, registry)))
    assert words[:6] == ["suite", "run", "--task", "ood/x; rm -rf ~", "--method", "$(touch y)"]
    assert suite.__version__
