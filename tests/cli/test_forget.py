"""``suite forget`` is dry unless told otherwise, and what is forgotten runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.settings import load_settings
from suite.store.logs import Logs

from ..support.command import Suite

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
RUN = ("run", "-t", "fast/count", "-m", "constant", "-m", "raises", "-s", "0", "--executor", "inline")


@pytest.fixture(autouse=True)
def _ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suite: Suite) -> None:
    """A finished run and a failed one."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    (tmp_path / "home").mkdir()
    assert suite(*RUN).returncode == 1


def states(suite: Suite) -> list[str]:
    return sorted(run["state"] for run in suite.json("board", "--runs"))


@pytest.mark.slow
def test_what_is_forgotten_runs_again(suite: Suite, tmp_path: Path) -> None:
    (failed,) = [run["run"] for run in suite.json("board", "--runs") if run["state"] == "failed"]
    (tmp_path / "printed").write_text("words")
    Logs(load_settings()).keep(failed, {"printed": tmp_path / "printed"})
    assert "would forget 1 run (1 failed), 0 scores, 1 cell, 1 file" in suite.printed("forget", "--state", "failed")
    assert states(suite) == ["done", "failed"]
    printed = suite.printed("forget", "--state", "failed", "--yes")
    assert f"{failed}  failed        fast/count raises seed 0" in printed
    assert states(suite) == ["done"]
    assert Logs(load_settings()).read(failed) is None
    (tmp_path / "home" / "mended").touch()
    assert suite(*RUN).returncode == 0, "1 cell run, without --retry-failed"
    suite.printed("forget", "-m", "raises", "--yes")
    assert "raises" not in suite.printed("board", "-t", "fast/count"), "the board follows"
    assert suite(*RUN).returncode == 0
    assert states(suite) == ["done", "done"]
    assert (tmp_path / "home" / "evaluations.txt").read_text().split().count("constant") == 1


WRONG = {
    "": "no run and no condition is given",
    "--state gone": "'gone' is not a state",
    "zz": "no run meets the conditions and has an id that starts with 'zz'",
    "--older soon": "'soon' is not a length of time",
}


def test_a_wrong_choice_is_told_and_nothing_goes(suite: Suite) -> None:
    for arguments, said in WRONG.items():
        done = suite("forget", *arguments.split(), "--yes")
        assert done.returncode == 2
        assert said in done.stderr
    assert states(suite) == ["done", "failed"]
