"""The public screen in a notebook: the page about it runs, and functions agree with the command line's parts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import suite
from suite.contracts import Card
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.tracks.ood import Batch, Detector

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "tests" / "assets" / "fast_plugin.py"


@pytest.fixture
def fast():
    """Run methods of the fast plugin."""

    def run(*methods: str, **options):
        return suite.run("fast/varied", methods, 0, plugins=[PLUGIN], executor="inline", **options)

    return run


@pytest.mark.slow
def test_the_page_about_notebooks_runs(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    monkeypatch.setenv("SUITE_WORKERS", "2")
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "notebooks.md").read_text(), re.DOTALL):
        exec(block, names)
    assert set(names["scores"]["method"]) == {"msp", "energy"}
    assert len(names["near"]) == 2
    last = load_registry().tasks["ood/digits"].seeds[-1]
    assert list(names["board"]["unranked"]) == [f"seeds 2–{last} are not done"] * 2
    assert list(names["told"]["method"]) == ["kmeans"]
    assert names["cell"].scores.query("metric == 'auroc' and subset == 'near'")["value"].item() > 0.7
    assert names["cell"].samples.pictures("near")


def test_a_cell_in_this_process_has_the_scores_of_a_run(fast) -> None:
    stored = fast("twin")
    cell = suite.evaluate("twin", "fast/varied", 0, plugins=[PLUGIN])
    assert cell.scores["value"].tolist() == stored["value"].tolist()
    assert cell.cost == {"answers": 1.0}
    assert cell.facts == {"seed": "0"}


def test_runs_return_what_was_asked_for_and_nothing_else(fast) -> None:
    fast("constant", settings={"size": "large"})
    scores = fast("told", settings={"size": ["small", "xlarge"]})
    assert scores["setting"].tolist() == ["size=small, hint=none", "size=xlarge, hint=none"]
    assert scores["method"].tolist() == ["told"] * 2
    assert len(suite.scores("fast/*", plugins=[PLUGIN])) == 3
    assert suite.scores("fast/*", "const*", plugins=[PLUGIN])["setting"].tolist() == ["size=large, hint=none"]


def test_runs_return_none_of_what_the_store_has_besides(fast) -> None:
    fast("constant", "twin")
    suite.run("fast/varied", "constant", [0, 1], plugins=[PLUGIN], executor="inline")
    scores = fast("constant")
    assert scores[["method", "seed"]].values.tolist() == [["constant", 0]]


def test_what_is_no_name_or_no_method_of_the_track_is_told() -> None:
    with pytest.raises(SuiteError, match="is not a name") as caught:
        suite.run("ood/digits", NeedsOutliers())
    assert "suite.evaluate" in caught.value.next
    for method in (NeedsOutliers(), NeedsOutliers):
        with pytest.raises(
            SuiteError, match="is not a method of the track 'basins': its class must derive from BasinDetector"
        ):
            suite.evaluate(method, "basins/d50")


def test_no_score_is_an_empty_frame_with_the_columns(fast) -> None:
    assert fast("raises").empty
    assert "value" in suite.scores("ood/*").columns


def test_parameters_may_be_values_and_partners_names(fast) -> None:
    (row,) = fast("paired", parameters={"paired.value": 0.25, "paired.beside": "constant"}).to_dict("records")
    assert row["value"] == pytest.approx(0.375)
    assert row["parameters"] == {"value": 0.25, "beside": "constant"}


def test_a_board_that_has_no_rows_names_the_command(fast) -> None:
    fast("constant")
    with pytest.raises(SuiteError, match="no results of fast/varied") as caught:
        suite.board("fast/varied", {"size": "large"}, plugins=[PLUGIN])
    assert caught.value.next == "suite run --task fast/varied --setting size=large"


class NeedsOutliers(Detector):
    """Cannot be measured on ImageNet."""

    name = "needs-outliers"
    version = "1"
    card = Card(title="Needs outliers", status="baseline")
    needs = frozenset({"outliers"})

    def score(self, batch: Batch):
        return batch.features.norm(dim=1)


def test_a_declined_method_is_told_before_anything_is_loaded() -> None:
    with pytest.raises(SuiteError, match="ood/imagenet cannot run needs-outliers: it gives no outliers"):
        suite.evaluate(NeedsOutliers(), "ood/imagenet")


@pytest.mark.parametrize("first", ["import suite.run.runner, suite.board.model", "import suite"])
def test_packages_of_the_same_names_do_not_hide_the_functions(first: str) -> None:
    code = f"{first}; import suite; assert callable(suite.run) and callable(suite.board); suite.run('no/task')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "unknown task 'no/task'" in done.stderr


def test_a_run_keeps_to_its_limit_and_the_next_call_goes_on(fast) -> None:
    assert fast("constant", "told", limit=0.0).empty
    assert len(fast("constant")) == 1


def test_a_tier_is_chosen_as_on_the_command_line() -> None:
    with pytest.raises(SuiteError, match="no task is of this tier"):
        suite.run(methods="constant", tier="enormous", plugins=[PLUGIN], executor="inline")
