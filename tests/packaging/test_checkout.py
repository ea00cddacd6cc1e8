"""An editable checkout looks like the wheel: suite.plugins is ours, whatever lies about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from suite.registry import load_registry

pytestmark = pytest.mark.packaging

LOCATIONS = """
import json, suite, suite.plugins, suite.benchmarks, suite.leaderboard
print(json.dumps([module.__file__ for module in (suite, suite.plugins, suite.benchmarks, suite.leaderboard)]))
"""


def run(*arguments: str, folder: Path) -> str:
    """Return the output of Python in ``folder``, which is first on the import path."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_folders_of_the_same_names_do_not_shadow_the_checkout(checkout: Path, shadowing: Path) -> None:
    assert json.loads(run("-c", LOCATIONS, folder=shadowing)) == [
        str(checkout / name / "__init__.py") for name in ("suite", "plugins", "benchmarks", "leaderboard")
    ]
    listed = json.loads(run("-m", "suite", "methods", "--strict", "--format", "json", folder=shadowing))
    assert "msp" in {row["method"] for row in listed}
    own = {entry.plugin.name for entry in load_registry().methods if entry.plugin.distribution == "basin-suite"}
    assert own >= {f"{track.name}-methods" for track in load_registry().tracks}
    assert {row["plugin"] for row in listed} == own


def test_importing_suite_leaves_the_common_names_to_others(shadowing: Path) -> None:
    for name in ("plugins", "benchmarks"):
        (shadowing / name / "__init__.py").write_text("MINE = True\n")
    code = "import suite.plugins.ood, suite.benchmarks, plugins, benchmarks; print(plugins.MINE and benchmarks.MINE)"
    assert run("-c", code, folder=shadowing).strip() == "True"
