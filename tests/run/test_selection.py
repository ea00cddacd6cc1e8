"""Selection: which methods, with which parameters and partners, and which settings a request means."""

from __future__ import annotations

import pytest
from bench import PLUGIN

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.selection import MethodChoice, Request, current, select_methods, select_tasks

REGISTRY = load_registry((PLUGIN,))


def methods(**request) -> dict[str, MethodChoice]:
    return {choice.entry.value.name: choice for choice in select_methods(REGISTRY, Request(**request), {"fast"})}


def settings(*pairs: tuple[str, str], **request) -> list[str]:
    choices = select_tasks(REGISTRY, Request(("fast/varied",), settings=pairs, **request))
    return [str(setting) for choice in choices for setting in choice.settings]


def test_no_method_means_the_ranked_ones_that_take_no_long_access() -> None:
    names = methods().keys()
    assert {"constant", "told", "must-be-told"} <= names
    assert not {"slow", "control"} & names
    assert methods(standing="reference").keys() == {"control"}
    assert methods(access=("time",)).keys() == {"slow"}
    assert methods(access=("answer", "time")).keys() == {"must-be-told", "slow"}
    assert methods(standing="all").keys() == names | {"control"}


def test_a_method_that_is_named_runs_whatever_its_standing_and_access() -> None:
    assert methods(methods=("slow", "fast/control")).keys() == {"slow", "control"}


def test_an_unknown_access_is_named() -> None:
    with pytest.raises(SuiteError, match=r"unknown access 'tme'\. Did you mean 'time'") as caught:
        methods(access=("tme",))
    assert (caught.value.place, caught.value.next) == ("--access", "suite methods")


def test_of_the_tasks_that_are_named_those_of_a_tier() -> None:
    chosen = select_tasks(REGISTRY, Request(("fast/*",), tier="standard"))
    assert {choice.task.tier for choice in chosen} == {"standard"}
    assert "fast/varied" in {choice.task.id for choice in chosen}
    with pytest.raises(SuiteError, match="none of these tasks has the tier large"):
        select_tasks(REGISTRY, Request(("fast/count",), tier="large"))


def test_the_default_setting_is_the_first_value_of_each_axis() -> None:
    assert settings() == ["size=small, hint=none"]
    assert settings(("size", "large")) == ["size=large, hint=none"]


def test_several_values_and_values_by_pattern_are_settings_of_their_own() -> None:
    assert settings(("size", "large"), ("size", "xlarge")) == ["size=large, hint=none", "size=xlarge, hint=none"]


def test_all_settings_are_every_combination_that_has_the_values_named() -> None:
    assert len(settings(all_settings=True)) == 4
    assert settings(("size", "large"), all_settings=True) == ["size=large, hint=none", "size=large, hint=given"]


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (
            ("size", "medium"),
            "'medium' is not a value of size. The values are small, large, or another that is written alike",
        ),
        (("sise", "large"), "has all of the axes sise. Did you mean 'size'"),
    ],
)
def test_what_is_no_setting_is_named(pair: tuple[str, str], message: str) -> None:
    with pytest.raises(SuiteError, match=message) as caught:
        settings(pair)
    assert caught.value.next == "suite tasks show fast/varied"


def test_a_task_without_the_axis_is_left_out_and_named() -> None:
    said: list[str] = []
    request = Request(("fast/varied", "fast/count"), settings=(("size", "large"),))
    assert [choice.task.id for choice in select_tasks(REGISTRY, request, said.append)] == ["fast/varied"]
    assert said == ["fast/count is left out: it has no axis size"]


def test_seeds_that_no_row_will_count_are_named() -> None:
    said: list[str] = []
    [choice] = select_tasks(REGISTRY, Request(("fast/count",), seeds=(0, 99, 98)), said.append)
    assert choice.seeds == (0, 99, 98)
    assert said == ["fast/count does not have the seeds [98, 99]: rows with seeds of its own do not count those runs"]


def test_former_names_say_where_they_went() -> None:
    said: list[str] = []
    request = current(REGISTRY, Request(("fast/large-count",), ("told-*", "constant")), said.append)
    assert (request.tasks, request.methods) == (("fast/varied",), ("fast/told", "constant"))
    assert request.settings == (("size", "large"), ("hint", "given"))
    assert said == [
        "fast/large-count is now fast/varied --setting size=large, for all that this command runs",
        "fast/told-twin is now fast/told --setting hint=given, for all that this command runs",
    ]


def test_a_pattern_means_every_former_name_that_it_matches() -> None:
    request = current(load_registry(), Request(methods=("*-known",)), lambda text: None)
    assert {"basins/kmeans", "basins/gmm", "basins/tica-msm-pcca"} <= set(request.methods)
    assert len(request.methods) == 11
    assert request.settings == (("basins", "counted"),)


def test_a_partner_is_a_parameter_that_names_a_method() -> None:
    overrides = (("paired", "beside", "constant"), ("constant", "value", "0.25"), ("paired", "value", "0.75"))
    choice = methods(methods=("paired",), overrides=overrides)["paired"]
    assert choice.parameters == {"value": 0.75}
    assert choice.partners["beside"].entry.name == "fast/constant"
    assert choice.partners["beside"].parameters == {"value": 0.25, "seconds": 0.0}
    assert choice.partner_labels == {"beside": "constant(value=0.25)"}


def test_a_parameter_of_no_method_of_the_run_is_refused() -> None:
    with pytest.raises(SuiteError, match="told is not a method of this run, and not a partner of one") as caught:
        methods(methods=("constant",), overrides=(("told", "value", "1"),))
    assert caught.value.place == "--set told.value=1"


def test_a_setting_that_is_named_counts_more_than_that_of_a_former_name() -> None:
    said: list[str] = []
    request = current(REGISTRY, Request(methods=("told-twin",), settings=(("hint", "none"),)), said.append)
    assert request.settings == (("hint", "none"),)
    assert said == ["fast/told-twin is now fast/told"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("twin", "'twin' is not a Constant"), ("constnt", "'constnt' is not a method. Did you mean 'constant'")],
)
def test_a_partner_that_does_not_fit_is_named(name: str, message: str) -> None:
    with pytest.raises(SuiteError, match=message) as caught:
        methods(methods=("paired",), overrides=(("paired", "beside", name),))
    assert caught.value.place == f"--set paired.beside={name}"
