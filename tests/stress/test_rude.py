"""Rude methods, and two rude plugins that nobody asks for: the table of what becomes of each, and of all others.

``pytest tests/stress/test_rude.py -n 0 -s``. What the others score is compared bit for bit with a run without them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bench import Bench

from suite.store.rows import RunRow

from ..support.processes import MARK, marked
from .rude_files import FILES

ASSETS = Path(__file__).parent.parent / "assets"
NEIGHBOURS = ("msp", "energy", "knn")
SEEDS = (0, 1)
FINE, FAILED, INVALID, KILLED = {"done"}, {"failed"}, {"invalid"}, {"killed"}
VERDICTS: dict[str, set[str]] = {
    "control": FINE,
    "batchy": INVALID,
    "mutate": FINE,
    "complexes": FAILED,
    "bools": FINE,
    "ints": FINE,
    "half": FINE,
    "nothing": FAILED,
    "words": FAILED,
    "column": FAILED,
    "short": FAILED,
    "nan": FAILED,
    "infinite": FAILED,
    "keyboard": FAILED,
    "generator-exit": FAILED,
    "unprintable": FAILED,
    "long-message": FAILED,
    "recursion": FAILED,
    "exits": KILLED,
    "sysexit": FAILED,
    "kills-itself": KILLED,
    "kills-its-server": FAILED,
    "stops": {"timeout"},
    "sleeps": {"timeout"},
    "eats": {"out-of-memory"},
    "prints": FINE,
    "thread": FINE,
    "children": FINE,
    "groups": FINE,
    "daemon": FINE,
    "files": KILLED,  # it has no file left to answer with
    "deletes": FINE,
}


def run(home: Path, *methods: str, plugins: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run methods on the small task, to the end."""
    names = [word for method in methods for word in ("-m", method)]
    seeds = [word for seed in SEEDS for word in ("-s", str(seed))]
    limits = ["--time-limit", "60", "--memory-limit", "2", "--workers", "2"]
    environment = {"SUITE_HOME": str(home), "SUITE_PLUGINS": os.pathsep.join(map(str, plugins))}
    return subprocess.run(
        [sys.executable, "-m", "suite", "run", "-t", "ood/digits", *names, *seeds, *limits],
        env={**os.environ, **environment, MARK: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def scores(runs: dict[str, list[RunRow]], method: str) -> list[Any]:
    """Return every score of a method, by seed."""
    return [[(each.metric, each.subset, each.value, each.n) for each in row.scores] for row in runs[method]]


def recorded(home: Path) -> dict[str, list[RunRow]]:
    """Return the runs of each method, by seed."""
    found: dict[str, list[RunRow]] = {}
    for row in sorted(Bench(home).all_runs(), key=lambda row: row.cell.seed):
        found.setdefault(row.cell.method.removeprefix("ood/"), []).append(row)
    return found


def test_rude_methods_and_plugins_harm_nobody(tmp_path: Path) -> None:
    clean, home = tmp_path / "clean", tmp_path / "home"
    assert run(clean, *NEIGHBOURS).returncode == 0
    plugins = [ASSETS / "rude_plugin.py"]
    for name, text in FILES.items():
        plugins.append(tmp_path / name)
        plugins[-1].write_text(text)
    began = time.monotonic()
    ended = run(home, *NEIGHBOURS, *VERDICTS, plugins=tuple(plugins))
    seconds = time.monotonic() - began
    left = marked(home)
    before, after = recorded(clean), recorded(home)
    print(f"\n{len(VERDICTS)} methods, {len(FILES)} rude plugins, {len(SEEDS)} seeds: {seconds:.0f} s")
    wrong = []
    for method, verdict in VERDICTS.items():
        states = {row.state for row in after.get(method, [])} or {"no run"}
        wrong += [method] if not states <= verdict else []
        told = (after[method][0].error or "") if method in after else ""
        print(f"  {method:18} {'/'.join(sorted(states)):14} {'' if states <= verdict else 'WRONG '}{told[:90]}")
    unequal = [method for method in NEIGHBOURS if scores(before, method) != scores(after, method)]
    print(f"  others whose scores differ: {unequal or 'none'}; processes left: {len(left)}; status {ended.returncode}")
    assert ended.returncode == 1, ended.stderr[-3000:]
    assert "Traceback" not in ended.stderr
    assert (wrong, unequal, left) == ([], [], [])
    assert scores(after, "control") == scores(after, "deletes") == scores(after, "thread")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the home folder be the one that is named."""
    monkeypatch.delenv("SUITE_HOME", raising=False)
