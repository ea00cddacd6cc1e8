"""``suite run --tune``: a row of its own, with what was chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..support.command import Suite


@pytest.fixture
def cells(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    return ["run", "--task", "ood/digits", "--seed", "0", "--seed", "1", "--method", "knn", "--method", "msp"]


def rows(suite: Suite) -> dict[str, Any]:
    (table,) = suite.json("board")["tables"]
    return {row["name"] if not row["changed"] else f"{row['name']} {row['changed']}": row for row in table["rows"]}


def test_a_tuned_row_stands_beside_the_plain_one(suite: Suite, cells: list[str]) -> None:
    suite.printed(*cells)
    told = suite.printed(*cells, "--tune")
    assert "knn (k=tuned)" in told
    assert "2 cells run, 2 cells done before" in told  # msp has no grid: its cells are the plain ones
    found = rows(suite)
    assert set(found) == {"knn", "msp", "knn {'k': 'tuned'}"}
    tuned = found["knn {'k': 'tuned'}"]
    assert set(tuned["chosen"]) == {"0", "1"}
    assert tuned["cost"]["tune_seconds"] > 0
    assert found["knn"]["chosen"] == {}

    run = tuned["runs"][0]["run"]
    shown = suite.json("show", run)
    tuning = shown["tuning"]
    assert tuning["chosen"] == tuned["chosen"]["0"]
    assert tuning["value"] == max(trial["value"] or 0 for trial in tuning["trials"])
    assert [trial["parameters"]["k"] for trial in tuning["trials"]] == shown["cell"]["identity"]["grid"]["k"]
    assert len(tuning["data"]) == 64
    assert f"tuned: {json.dumps(tuning['chosen'])}" in suite.printed("show", run)
    assert "nothing to run" in suite.printed(*cells, "--tune")


def test_a_parameter_that_is_given_is_not_tuned(suite: Suite, cells: list[str]) -> None:
    told = suite.printed(*cells, "--tune", "--set", "knn.k=7")
    assert "knn (k=7)" in told
    assert "tuned" not in told
