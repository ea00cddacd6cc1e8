"""What a task declines is not planned, and is said."""

from __future__ import annotations

import pytest
from bench import PLUGIN, Bench, Steps

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.summary import Summary


@pytest.fixture
def messages(bench: Bench):
    """Run a request in this process; return its summary and what was said."""

    def run(request: Request) -> tuple[Summary, list[str]]:
        reporter = Steps()
        settings = bench.settings()
        return Runner(load_registry((PLUGIN,)), settings, reporter, "inline").run(request), reporter.messages

    return run


def test_what_lacks_access_is_left_out_and_named_once(messages) -> None:
    summary, said = messages(Request(("fast/varied",), ("must-be-told", "constant"), (0, 1)))
    assert summary.states == {"done": 2}
    assert summary.clean
    assert said == ["fast/varied leaves out must-be-told: it gives no answer; hint=given does"]


def test_what_makes_nothing_of_an_access_is_not_run_twice(messages) -> None:
    request = Request(("fast/varied",), ("told", "must-be-told", "constant"), (0,), settings=(("hint", "given"),))
    summary, said = messages(request)
    assert summary.states == {"done": 2}
    assert said == ["fast/varied with hint=given leaves out constant: answer would not be used"]


def test_a_partner_counts_as_the_method_itself(messages, bench: Bench) -> None:
    request = Request(("fast/varied",), ("paired",), (0,), overrides=(("paired", "beside", "must-be-told"),))
    with pytest.raises(SuiteError, match="leaves out paired: it gives no answer"):
        messages(request)
    summary, _ = messages(
        Request(
            ("fast/varied",),
            ("paired",),
            (0,),
            settings=(("hint", "given"),),
            overrides=(("paired", "beside", "told"), ("told", "value", "0.9")),
        )
    )
    assert summary.states == {"done": 1}
    (run,) = bench.runs().values()
    assert run.scores[0].value == pytest.approx(0.7)


def test_where_everything_is_declined_nothing_runs_and_the_error_says_why(messages) -> None:
    with pytest.raises(SuiteError, match="nothing to run: fast/count leaves out slow: it gives no time"):
        messages(Request(("fast/count",), ("slow",), (0,)))


def test_a_dry_run_says_too_which_named_methods_stay_out(bench: Bench) -> None:
    steps, tasks = Steps(), ("fast/count", "fast/varied")
    runner = Runner(load_registry((PLUGIN,)), bench.settings(), steps, "inline")
    runner.outlook(Request(tasks, ("constant", "slow"), (0,)))
    assert any("fast/count leaves out slow" in text for text in steps.messages)
    told = len(steps.messages)
    runner.outlook(Request(tasks, seeds=(0,)))
    assert len(steps.messages) == told, "of those that nobody named it would be a long list"


def test_a_task_that_declines_everything_is_not_prepared(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = load_registry((PLUGIN,))
    monkeypatch.setattr(registry.tasks["fast/unprepared"], "declines", lambda *arguments: "it measures nothing")
    request = Request(tasks=("fast/count", "fast/unprepared"), methods=("constant",), seeds=(0,))
    summary = Runner(registry, bench.settings(), Steps(), "inline").run(request)
    assert summary.clean  # preparing it would have failed
    assert summary.states == {"done": 1}
