"""The example plugin, installed by pip as a stranger would: its method and task are there, the project unchanged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parent.parent / "assets" / "example-plugin"

Command = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed example, built without network."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    pip = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(EXAMPLE)]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_the_plugins_name_the_distribution_and_its_version(command: Command, installed: Path) -> None:
    done = command("plugins", "--strict", "--format", "json", path=(installed,))
    assert done.returncode == 0, done.stdout
    found = {row["plugin"]: row for row in json.loads(done.stdout) if row["distribution"] == "basin-suite-example"}
    assert {name: (row["version"], row["status"], row["registered"]) for name, row in found.items()} == {
        "basin-suite-example:feature-norm": ("1.0.0", "ok", ["method ood/example-feature-norm"]),
        "basin-suite-example:gaussians": ("1.0.0", "ok", ["task ood/example-gaussians"]),
    }


def test_the_method_is_listed_and_shown_beside_ours(command: Command, installed: Path) -> None:
    done = command("methods", "--format", "json", path=(installed,))
    plugins = {row["method"]: row["plugin"] for row in json.loads(done.stdout)}
    assert plugins["example-feature-norm"] == "basin-suite-example:feature-norm"
    assert plugins["msp"] == "ood-methods"

    shown = json.loads(command("methods", "show", "example-feature-norm", "-f", "json", path=(installed,)).stdout)
    assert shown["distribution"] == "basin-suite-example 1.0.0"
    assert shown["parameters"] == {"order": {"default": 2.0, "type": "number", "about": "p of the norm"}}


def test_its_method_and_ours_run_on_its_task_and_stand_on_the_board(command: Command, installed: Path) -> None:
    methods = ("--method", "example-feature-norm", "--method", "msp")
    done = command("run", "--strict", "--task", "ood/example-gaussians", *methods, path=(installed,))
    assert done.returncode == 0, done.stderr
    assert "4 cells run" in done.stdout

    board = command("board", "--format", "json", path=(installed,))
    (table,) = json.loads(board.stdout)["tables"]
    assert table["task"] == "ood/example-gaussians"
    assert table["seeds"] == [0, 1]
    rows = {row["name"]: row for row in table["rows"]}
    assert set(rows) == {"example-feature-norm", "msp"}
    assert rows["example-feature-norm"]["card"]["title"] == "Feature norm (example)"
    assert all(row["seeds"] == [0, 1] and row["rank"] is not None for row in rows.values())


def test_without_it_nothing_of_it_is_left(command: Command) -> None:
    assert "example" not in command("methods").stdout
    assert "example" not in command("tasks").stdout
