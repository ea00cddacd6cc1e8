"""What a task declines is not planned, and is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import PLUGIN, Steps

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings

REASON = "replay/hopfield leaves out entropy: an associative memory has no logits"


class Messages(Steps):
    """Remembers messages too."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        """Remember the message."""
        self.messages.append(text)


def request(*methods: str) -> Request:
    return Request(tasks=("replay/hopfield",), methods=methods, seeds=(0,))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database=None)


def test_a_declined_method_is_left_out_and_named_once(settings: Settings) -> None:
    reporter = Messages()
    summary = Runner(load_registry(), settings, reporter, "inline").run(request("entropy", "replay/random"))
    assert summary.states == {"done": 1}
    assert summary.clean
    assert reporter.messages.count(REASON) == 1
    assert not any("random:" in message for message in reporter.messages)


def test_where_everything_is_declined_nothing_runs_and_the_error_says_why(settings: Settings) -> None:
    with pytest.raises(SuiteError, match=REASON):
        Runner(load_registry(), settings, Messages(), "inline").run(request("entropy"))


def test_a_task_that_declines_everything_is_not_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = load_registry((PLUGIN,))
    monkeypatch.setattr(registry.tasks["fast/unprepared"], "declines", lambda self, method: "it measures nothing")
    asked = Request(tasks=("fast/count", "fast/unprepared"), methods=("constant",), seeds=(0,))
    settings = Settings(home=tmp_path, database=None, plugins=(PLUGIN,))
    summary = Runner(registry, settings, Messages(), "inline").run(asked)
    assert summary.clean  # preparing it would have failed
    assert summary.states == {"done": 1}
