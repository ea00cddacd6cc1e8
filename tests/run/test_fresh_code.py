"""Cells run the code that is there now, though a server has imported it before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import pathlib, sys
import suite

checkout, plugin = sys.argv[1:]
assert suite.__file__.startswith(checkout), suite.__file__
suite.run("fast/count", "constant", 0, plugins=[plugin])
edited = pathlib.Path(checkout) / "suite" / "run" / "scoring.py"
edited.write_text(edited.read_text() + "open('imported', 'w').close()")
suite.run("fast/count", "constant", 1, plugins=[plugin])
"""


@pytest.mark.slow
def test_an_edit_of_the_suite_between_two_runs_of_a_process_counts(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    for name in ("suite", "plugins", "benchmarks", "leaderboard"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    plugin = ROOT / "tests" / "assets" / "fast_plugin.py"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(copy), str(plugin)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "imported").exists(), "the second run's cell imported what was edited after the first"


def test_a_run_leaves_the_environment_as_it_was(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server of the cells is started with is not for what the caller starts."""
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=0")
    before = dict(os.environ)
    bench.run("constant", seeds=(0,))
    assert dict(os.environ) == before
