"""However the process of a method ends, its cell ends with the right state and a clear reason; the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Steps

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.reproduce.reproduce import reproduce
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.logs import Logs
from suite.store.reading import Reader
from suite.store.rows import RunRow

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).parents[2] / "assets"
PLUGINS = (ASSETS / "split_track.py", ASSETS / "split_methods.py")
EXPECTED = {
    "asks-too-much": ("invalid", "a call that its reference does not allow"),
    "raises": ("failed", "RuntimeError: the method broke"),
    "exits": ("failed", "SystemExit: enough"),
    "leaves": ("killed", "the method's process exited with status 7 before it had answered"),
    "dies": ("killed", "the method's process was killed by signal 9"),
    "hangs": ("timeout", "over the wall-clock limit"),
    "garbage": ("invalid", "the method's process sent a frame that cannot be read"),
    "huge": ("invalid", "more than the limit"),
    "not-finite": ("failed", "expected 20 finite guesses"),
    "short": ("failed", "expected 20 finite guesses"),
    "imaginary": ("failed", "complex64 does not pass: real numbers are wanted, and no imaginary part is dropped"),
    "odd": ("failed", "a builtins.object does not pass between a method and its judge"),
}
"""All but `asks`, `right` and `overwrites`, which are done."""


def settings(home: Path, **given: object) -> Settings:
    """Return settings of a home folder, with the track and the methods as two plugins."""
    return Settings(**{"home": home, "database": None, "plugins": PLUGINS, "workers": 2, "time_limit": 10.0, **given})


def run(home: Path, *methods: str, executor: str = "process", **given: object) -> dict[str, RunRow]:
    """Run methods on the task; return the run of each."""
    made = settings(home, **given)
    Runner(load_registry(made.plugins), made, Steps(), executor).run(Request(("guess/sign",), methods, (0,)))
    reader = Reader(made.database_url)
    try:
        return {row.cell.method.removeprefix("guess/"): reader.run(row.id) for row in reader.latest_runs()}
    finally:
        reader.close()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunRow]:
    """Every method, split, run once."""
    return run(tmp_path_factory.mktemp("endings"), "*")


@pytest.mark.parametrize("method", EXPECTED)
def test_a_failure_has_its_state_and_reason(ran: dict[str, RunRow], method: str) -> None:
    state, reason = EXPECTED[method]
    assert (ran[method].state, ran[method].scores) == (state, ())
    assert reason in (ran[method].error or "")


def test_the_others_go_on_and_say_how_they_were_kept_apart(ran: dict[str, RunRow]) -> None:
    assert set(ran) == {*EXPECTED, "asks", "right", "overwrites"}
    for method in ("asks", "right", "overwrites"):
        assert [score.value for score in ran[method].scores] == [1.0]
        assert ran[method].isolation is not None
        assert ran[method].isolation["split"]
        assert len(ran[method].isolation["order"]) == 32
    assert ran["asks"].facts["asked"] == "2"
    assert ran["asks"].isolation["order"] != ran["right"].isolation["order"]


def test_a_change_of_what_was_handed_over_is_reported_and_does_no_harm(tmp_path: Path) -> None:
    assert run(tmp_path, "right", "overwrites")["overwrites"].state == "done"
    said = {name: Logs(settings(tmp_path)).read(row.id) for name, row in run(tmp_path, "right", "overwrites").items()}
    assert "guess changed in place what it was given" in (said["overwrites"] or "")
    assert "changed in place" not in (said["right"] or "")


def test_a_traceback_of_the_method_is_kept(ran: dict[str, RunRow]) -> None:
    assert "split_methods.py" in (ran["raises"].traceback or "")
    assert "split_methods.py" not in (ran["raises"].error or "")


def test_a_run_made_again_has_the_order_of_the_first(tmp_path: Path) -> None:
    first = run(tmp_path, "right")["right"]
    made = settings(tmp_path)
    [(_, verdict)] = reproduce([first], load_registry(PLUGINS), made, Steps())
    assert verdict.verdict == "equal"
    assert not any("isolation" in name for name in verdict.changed)


def test_who_is_never_split_says_so(tmp_path: Path) -> None:
    assert run(tmp_path, "right", split="never")["right"].isolation == {"split": False, "why": "SUITE_SPLIT=never"}
    inline = run(tmp_path, "asks", executor="inline")["asks"].isolation
    assert inline == {"split": False, "why": "the executor 'inline' has one process"}


def test_who_is_always_split_is_told_where_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="cannot run in two processes: the executor 'inline' has one process"):
        run(tmp_path, "right", executor="inline", split="always")
