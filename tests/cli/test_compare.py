"""``suite compare``: over seeds where there are several, over samples where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suite.settings import load_settings
from suite.store.reading import Reader

from ..support.command import Suite


@pytest.fixture
def run(suite: Suite, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run three methods on some seeds of ood/digits."""
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))

    def on(*seeds: int) -> None:
        methods = [option for name in ("knn", "msp", "random") for option in ("--method", name)]
        suite.printed("run", "--task", "ood/digits", *methods, *(o for s in seeds for o in ("--seed", str(s))))

    return on


def compared(suite: Suite, first: str, second: str) -> dict[str, dict[str, Any]]:
    return {row["column"]: row for row in suite.json("compare", "ood/digits", first, second, "--full")}


@pytest.mark.slow
def test_one_seed_is_compared_over_samples(suite: Suite, run: Any) -> None:
    run(0)
    columns = compared(suite, "knn", "random")
    near, fpr = columns["auroc near"], columns["fpr95 near"]
    assert near["over"] == "paired, DeLong over samples"
    assert fpr["over"] == "paired, stratified bootstrap over samples"
    assert near["low"] < near["difference"] < near["high"]
    assert fpr["low"] <= fpr["difference"] <= fpr["high"] < 0
    assert near["p"] < 1e-6
    assert fpr["p"] == 0.002  # as little as 1,000 resamples can tell
    assert columns["aupr_in near"]["over"] == ""
    assert columns["id_accuracy id"]["p"] is None
    back = compared(suite, "random", "knn")["auroc near"]
    assert (back["difference"], back["low"], back["high"]) == (-near["difference"], -near["high"], -near["low"])


def test_several_seeds_are_compared_over_seeds(suite: Suite, run: Any) -> None:
    run(0, 1, 2)
    near = compared(suite, "knn", "msp")["auroc near"]
    assert near["over"].startswith("3 seeds")
    reader = Reader(load_settings().database_url)
    values: dict[str, dict[int, float]] = {"ood/knn": {}, "ood/msp": {}}
    for run in reader.latest_runs():
        score = next(s for s in run.scores if (s.metric, s.subset) == ("auroc", "near"))
        values.setdefault(run.cell.method, {})[run.cell.seed] = score.value
    reader.close()
    differences = [values["ood/knn"][seed] - values["ood/msp"][seed] for seed in (0, 1, 2)]
    assert near["difference"] == pytest.approx(100 * np.mean(differences), abs=1e-3)
    assert "differences are knn minus msp" in suite("compare", "ood/digits", "knn", "msp").stdout
    three = suite.json("compare", "ood/digits", "knn", "msp", "random")
    pairs = [(row["first"], row["second"]) for row in three if row["column"] == "auroc near"]
    assert pairs == [("knn", "msp"), ("knn", "random"), ("msp", "random")]


def test_what_cannot_be_compared_is_named(suite: Suite, run: Any) -> None:
    run(0)
    done = suite("compare", "ood/digits", "knn", "knn")
    assert done.returncode == 2
    assert "only one method is given: knn. Name another one" in done.stderr
    done = suite("compare", "ood/digits", "knn", "mps")
    assert done.returncode == 2
    assert "the board has no row 'mps'. Did you mean 'msp'?" in done.stderr
    assert "next: suite board --task ood/digits" in done.stderr
