"""``suite export-runs`` and ``suite merge``: from one home to another."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ..support.stores import seal_again
from .test_errors import one_error

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch, suite) -> None:
    """The fast plugin, and a home with two finished runs and a failed one."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    methods = ("-m", "constant", "-m", "raises", "-m", "twin")
    suite.fill("run", "-t", "fast/count", *methods, "-s", "0", "--executor", "inline", status=1)


def test_runs_come_over_with_who_made_them(suite, tmp_path: Path) -> None:
    file, other = str(tmp_path / "runs.zip"), str(tmp_path / "other")
    assert "3 runs with 2 files of samples" in suite.printed("export-runs", file, "--by", "Ada")
    assert suite.printed("merge", file, SUITE_HOME=other) == "3 runs added; 2 new files of samples\n"
    assert suite.printed("merge", file, SUITE_HOME=other).startswith("0 runs added, 3 runs here before")
    runs = suite.json("board", "--runs", SUITE_HOME=other)
    assert sorted(run["state"] for run in runs) == ["done", "done", "failed"]
    assert '"by": "Ada"' in suite.printed("show", runs[0]["run"], SUITE_HOME=other)
    printed = suite.printed("run", "-t", "fast/count", "-m", "constant", "-m", "twin", "-s", "0", SUITE_HOME=other)
    assert "nothing to run: 2 cells done before" in printed
    (tmp_path / "other" / "evaluations.txt").unlink(missing_ok=True)
    assert suite.printed("reproduce", "-m", "twin", "--executor", "inline", SUITE_HOME=other).endswith("1 equal\n")


def test_samples_that_are_gone_are_not_shown_as_a_file(suite, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "home" / "suite.db") as connection:
        run, samples = connection.execute("SELECT id, samples FROM run WHERE samples IS NOT NULL").fetchone()
    connection.close()
    file = tmp_path / "home" / "samples" / samples[:2] / f"{samples}.parquet"
    assert f"samples: {file}" in suite.printed("show", run)
    file.unlink()
    assert f"samples: {file.stem}, which is not here" in suite.printed("show", run)
    assert suite.json("show", run)["samples_file"] is None


def test_a_conflict_is_told_with_both_scores_and_ends_with_one(suite, tmp_path: Path) -> None:
    file = str(tmp_path / "runs.zip")
    suite.printed("export-runs", file, "-m", "constant")
    with sqlite3.connect(tmp_path / "home" / "suite.db") as connection:
        connection.execute("UPDATE score SET value = 0.25 WHERE value = 0.5")
    connection.close()
    done = suite("merge", file)
    assert done.returncode == 1
    assert "1 run in conflict" in done.stdout
    assert "  accuracy all: here 0.25, there 0.5" in done.stdout
    assert "suite reproduce " in done.stdout


def test_scores_beyond_the_bounds_of_the_metric_are_refused(suite, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "home" / "suite.db") as connection:
        connection.execute("UPDATE score SET value = 7 WHERE value = 0.5")
    connection.close()
    refused = suite("export-runs", str(tmp_path / "runs.zip"))
    assert (refused.returncode, (tmp_path / "runs.zip").exists()) == (2, False)
    assert "is not as it was recorded" in refused.stderr
    seal_again(tmp_path / "home" / "suite.db")
    suite.printed("export-runs", str(tmp_path / "runs.zip"))
    error = one_error(suite("merge", str(tmp_path / "runs.zip"), SUITE_HOME=str(tmp_path / "other")))
    assert "accuracy all = 7.0 is outside the metric's bounds (0.0, 1.0)" in error["cause"]
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("export-runs", "{}/new.zip", "-t", "ood/*"), "none of the chosen runs has ended"),
        (("export-runs", "{}/old.zip"), "old.zip exists"),
        (("export-runs", "{}/new.zip", "--by", "x" * 101), "the name has more than 100 characters"),
        (("merge", "{}/none.zip"), "does not exist"),
        (("merge", "{}/old.zip"), "damaged, or not an export of runs"),
        (("merge", "{}"), "does not exist"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_error(suite, tmp_path: Path, arguments: tuple[str, ...], cause: str) -> None:
    (tmp_path / "old.zip").write_bytes(b"old")
    assert cause in one_error(suite(*(word.format(tmp_path) for word in arguments)))["cause"]
    assert (tmp_path / "old.zip").read_bytes() == b"old"
