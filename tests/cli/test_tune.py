"""``suite run --tune``: a row of its own, with what was chosen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("digits")


def suite(*arguments: str) -> str:
    command = [sys.executable, "-m", "suite", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=os.environ.copy())
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def cells(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    return ["run", "--task", "ood/digits", "--seed", "0", "--seed", "1", "--method", "knn", "--method", "msp"]


def rows() -> dict[str, Any]:
    (table,) = json.loads(suite("board", "--format", "json"))["tables"]
    return {row["name"] if not row["changed"] else f"{row['name']} {row['changed']}": row for row in table["rows"]}


def test_a_tuned_row_stands_beside_the_plain_one(cells: list[str]) -> None:
    suite(*cells)
    told = suite(*cells, "--tune")
    assert "knn (k=tuned)" in told
    assert "2 cells run, 2 cells done before" in told  # msp has no grid: its cells are the plain ones
    found = rows()
    assert set(found) == {"knn", "msp", "knn {'k': 'tuned'}"}
    tuned = found["knn {'k': 'tuned'}"]
    assert set(tuned["chosen"]) == {"0", "1"}
    assert tuned["cost"]["tune_seconds"] > 0
    assert found["knn"]["chosen"] == {}

    run = tuned["runs"][0]["run"]
    shown = json.loads(suite("show", run, "--format", "json"))
    tuning = shown["tuning"]
    assert tuning["chosen"] == tuned["chosen"]["0"]
    assert tuning["value"] == max(trial["value"] or 0 for trial in tuning["trials"])
    assert [trial["parameters"]["k"] for trial in tuning["trials"]] == shown["cell"]["identity"]["grid"]["k"]
    assert len(tuning["data"]) == 64
    assert f"tuned: {json.dumps(tuning['chosen'])}" in suite("show", run)
    assert "nothing to run" in suite(*cells, "--tune")


def test_a_parameter_that_is_given_is_not_tuned(cells: list[str]) -> None:
    told = suite(*cells, "--tune", "--set", "knn.k=7")
    assert "knn (k=7)" in told
    assert "tuned" not in told
