"""``suite run --log-format json``: a line a document, from the first to the last, whatever happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..support.command import Done, Suite

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
RUN = ("run", "-t", "fast/count", "-s", "0", "--executor", "inline", "--log-format", "json")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    (tmp_path / "home").mkdir()


def events(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_run_is_told_from_its_start_to_its_end(suite: Suite) -> None:
    done = suite(*RUN, "-m", "constant", "-m", "raises", "--format", "json")
    assert done.returncode == 1
    told = events(done)
    assert [each["event"] for each in told] == [
        *("run started", "stage started"),
        *("cell started", "cell ended", "cell started", "cell ended", "run ended"),
    ]
    ended = {each["method"]: each for each in told if each["event"] == "cell ended"}
    assert ended["fast/constant"]["state"] == "done"
    assert ended["fast/constant"]["seconds"] > 0
    assert (ended["fast/raises"]["state"], ended["fast/raises"]["error"]) == (
        "failed",
        "RuntimeError: the method broke",
    )
    assert ended["fast/raises"]["run"] == suite.json("show", ended["fast/raises"]["run"])["id"]
    assert (told[-1]["states"], told[-1]["clean"]) == ({"done": 1, "failed": 1}, False)
    assert told[-1]["failures"][0]["run"] == ended["fast/raises"]["run"]
    assert all(each["time"].endswith("+00:00") for each in told)
    (table,) = json.loads(done.stdout)["tables"]
    assert table["task"] == "fast/count"


def test_what_is_wrong_is_an_event(suite: Suite) -> None:
    done = suite(*RUN, "-m", "constand")
    assert done.returncode == 2
    started, error = events(done)
    assert started["event"] == "run started"
    assert (error["event"], error["place"], error["next"]) == ("error", "--method", "suite methods")
    assert "Did you mean 'constant'" in error["cause"]


@pytest.mark.slow
def test_warnings_are_events_too_and_drive_no_terminal(suite: Suite, tmp_path: Path) -> None:
    broken = tmp_path / "broken_plugin.py"
    broken.write_text("raise RuntimeError('\\x1b[31mred')\n")
    done = suite(*RUN, "-m", "constant", "--plugin", str(broken))
    assert done.returncode == 0
    first = events(done)[0]
    assert first["event"] == "message"
    assert "1 plugin failed" in first["text"]
    assert "\x1b" not in done.stderr.replace("\\u001b", "")


@pytest.mark.slow
def test_a_warning_of_a_library_is_an_event(suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_LISTENERS", "deaf")
    deaf = tmp_path / "deaf_plugin.py"
    deaf.write_text(DEAF)
    told = events(suite(*RUN, "-m", "constant", "--plugin", str(deaf)))
    assert [each for each in told if each["event"] == "message" and "'deaf' failed" in each["text"]]


def test_a_cell_that_fails_is_told_again_at_the_end_with_the_next_command(suite: Suite) -> None:
    suite(*RUN, "-m", "constant")
    done = suite("run", *RUN[1:-2], "-m", "twin", "-m", "raises")
    assert "running 1/2 fast/count twin seed 0 done" in done.stderr.replace("2/2", "1/2"), "it tells in text again"
    (line,) = [line for line in done.stdout.splitlines() if "see: suite show" in line]
    assert line.startswith("failed: fast/count raises seed 0: RuntimeError: the method broke; see: suite show ")
    assert "the method broke" in suite.printed(*line.partition("see: suite ")[2].split())


DEAF = """
from suite import hookimpl
from suite.contracts import Listener


class Deaf(Listener):
    name = "deaf"

    def run_started(self, tasks):
        raise RuntimeError("what?")


@hookimpl
def suite_register_listeners(register):
    register(Deaf)
"""
