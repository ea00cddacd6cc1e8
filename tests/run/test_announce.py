"""Listeners hear of every cell once it is in the store, and nothing that they do harms a run."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from bench import PLUGIN

from suite.errors import SuiteError

TAPE = """
import json, sys
from dataclasses import asdict
from suite import hookimpl
from suite.contracts import Listener
from suite.store.reading import Reader

class Tape(Listener):
    name = "tape"

    def note(self, what, **about):
        with (self.settings.home / "tape.jsonl").open("a") as file:
            file.write(json.dumps({"what": what, **about}, default=str) + "\\n")

    def run_started(self, tasks):
        self.note("started", tasks=tasks)

    def cell_ended(self, ended):
        reader = Reader(self.settings.database_url)
        stored = reader.run(ended.run)
        reader.close()
        scores = {score.metric: score.value for score in ended.scores}
        self.note("ended", state=ended.state, stored=stored.state, seed=ended.seed, scores=scores, error=ended.error)

    def run_finished(self, states, errors):
        self.note("finished", states=states)

class Raising(Listener):
    name = "raising"
    def cell_ended(self, ended):
        raise SystemExit("I end everything")
    def run_finished(self, states, errors):
        raise ValueError("no")

class Unmakable(Listener):
    name = "unmakable"
    def __init__(self, settings):
        raise OSError("no such server")

@hookimpl
def suite_register_listeners(register):
    for listener in (Tape, Raising, Unmakable):
        register(listener)
"""


@pytest.fixture
def plugins(tmp_path: Path) -> tuple[Path, ...]:
    (tmp_path / "tape.py").write_text(TAPE)
    return PLUGIN, tmp_path / "tape.py"


def heard(bench) -> list[dict]:
    return [json.loads(line) for line in (bench.home / "tape.jsonl").read_text().splitlines()]


def test_a_listener_hears_of_the_start_every_cell_and_the_end(bench, plugins) -> None:
    bench.run("constant", "raises", seeds=(0, 1), executor="inline", plugins=plugins, listeners=("tape",))
    first, *cells, last = heard(bench)
    assert first == {"what": "started", "tasks": ["fast/count"]}
    assert last == {"what": "finished", "states": {"done": 2, "failed": 2}}
    assert sorted((cell["state"], cell["seed"]) for cell in cells) == [
        ("done", 0),
        ("done", 1),
        ("failed", 0),
        ("failed", 1),
    ]
    assert all(cell["state"] == cell["stored"] for cell in cells)  # it is told what the store has already
    assert all(bool(cell["scores"]) == (cell["state"] == "done") == (not cell["error"]) for cell in cells)


def test_who_is_not_named_hears_nothing(bench, plugins) -> None:
    bench.run("constant", seeds=(0,), executor="inline", plugins=plugins)
    assert not (bench.home / "tape.jsonl").exists()


def test_a_listener_that_raises_is_logged_once_and_stops_neither_the_run_nor_the_others(
    bench, plugins, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "suite.run.announce"):
        summary = bench.run("constant", seeds=(0, 1), executor="inline", plugins=plugins, listeners=("raising", "tape"))
    assert summary.states == {"done": 2}
    assert [line["what"] for line in heard(bench)] == ["started", "ended", "ended", "finished"]
    assert [record.getMessage() for record in caplog.records if record.name == "suite.run.announce"] == [
        "the listener 'raising' failed, and missed something; the run goes on",
        "the listener 'raising' failed 3 times, one after the other, and hears nothing more",
    ]


@pytest.mark.parametrize(("name", "said"), [("tap", "Did you mean 'tape'"), ("unmakable", "OSError: no such server")])
def test_a_listener_that_cannot_be_had_stops_the_command_before_anything_runs(bench, plugins, name, said) -> None:
    with pytest.raises(SuiteError, match=said):
        bench.run("constant", seeds=(0,), executor="inline", plugins=plugins, listeners=(name,))
    assert not bench.evaluations()
