"""``suite reproduce``: what it prints, keeps, and exits with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from .test_errors import one_error

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
INLINE = ("--executor", "inline")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suite) -> Path:
    """A home with two finished runs of the fast task."""
    home = tmp_path / "home"
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    monkeypatch.setenv("SUITE_WORKERS", "1")
    suite.fill("run", "-t", "fast/count", "-m", "constant", "-m", "twin", "-s", "0", *INLINE)
    return home


def change(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "suite.db") as connection:
        connection.execute(statement)
    connection.close()


def test_equal_cells_end_with_zero_and_the_run_shows_it(suite, home: Path) -> None:
    printed = suite.printed("reproduce", "-t", "fast/*", "--by", "Ada \x1b[2J Lovelace", *INLINE)
    assert printed.count("equal: fast/count ") == 2
    assert printed.endswith("2 runs: 2 equal\n")
    (run,) = (each["run"] for each in suite.json("board", "--runs") if each["method"] == "fast/twin")
    shown = suite.printed("show", run)
    assert "UTC by Ada Lovelace on cpu, 1 threads: equal, 1 score" in shown.replace("2 threads", "1 threads")
    (kept,) = suite.json("show", run)["reproductions"]
    assert (kept["verdict"], kept["reproducer"], kept["difference"]) == ("equal", "Ada Lovelace", 0.0)


def test_another_score_ends_with_one_and_is_printed(suite, home: Path) -> None:
    change(home, "UPDATE score SET value = 0.25 WHERE value = 0.5")
    done = suite("reproduce", "-m", "constant", *INLINE)
    assert done.returncode == 1
    assert "different: fast/count constant" in done.stdout
    assert "  accuracy all: recorded 0.25, now 0.5" in done.stdout
    assert suite.printed("reproduce", "-m", "constant", "--tolerance", "0.5", *INLINE).endswith(
        ": 1 within tolerance\n"
    )


def test_the_json_has_every_verdict_with_its_reason(suite, home: Path) -> None:
    change(home, "UPDATE score SET value = 0.25 WHERE value = 0.5")
    change(home, "UPDATE run SET threads = 64")
    (twin,) = suite.json("reproduce", "-m", "twin", "--threads", "1", *INLINE)
    assert (twin["verdict"], twin["method"], twin["changed"]["threads"]) == ("equal", "fast/twin", ["64", "1"])
    done = suite("reproduce", "-m", "constant", "--threads", "1", "--format", "json", *INLINE)
    assert done.returncode == 1
    assert '"recorded": 0.25' in done.stdout


def test_what_differs_is_printed_once_for_all(suite, home: Path) -> None:
    change(home, "UPDATE environment SET document = json_set(document, '$.python', '3.9.0')")
    printed = suite.printed("reproduce", "-t", "fast/count", *INLINE)
    assert "in the surroundings of 2 runs:\n  python: recorded 3.9.0, now 3." in printed


def test_a_method_that_is_not_installed_cannot_be_run_again(suite, home: Path) -> None:
    done = suite("reproduce", "-t", "fast/count", SUITE_PLUGINS="")
    assert done.returncode == 1
    assert "cannot: fast/count constant" in done.stdout
    assert "unknown task 'fast/count'" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        ((), "no run is given"),
        (("zzz",), "no run starts with 'zzz'"),
        (("-t", "fast/varied"), "none of the chosen runs is finished"),
        (("-t", "fast/*", "--by", "x" * 101), "the name has more than 100 characters"),
        (("-t", "fast/*", "--device", "gpu"), "setting 'device' has a wrong value"),
        (("-t", "fast/*", "--executor", "proces"), "unknown executor 'proces'"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_error(suite, home: Path, arguments: tuple[str, ...], cause: str) -> None:
    assert cause in one_error(suite("reproduce", *arguments))["cause"]


def test_without_a_store_there_is_nothing_to_run_again(suite) -> None:
    assert "there is no store yet" in one_error(suite("reproduce", "-t", "fast/*"))["cause"]
