"""A track from outside, whole: what it takes to write one, and that everything works with it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.board.artifact import load_board
from suite.contracts import Column, Resources, TaskContext
from suite.registry import Registry, load_registry
from suite.run.runner import Runner
from suite.run.scoring import scores_of
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.rows import CellRow

TRACK = Path(__file__).parent / "assets" / "calibration_track.py"


class Silent:
    """A reporter that says nothing."""

    def stage(self, title: str, total: int) -> None:
        """Say nothing."""

    def began(self, run: str, cell: CellRow) -> None:
        """Nothing to remember."""

    def step(self, text: str, state: str, detail: str = "", left: float | None = None, **_: Any) -> None:
        """Say nothing, but fail where a cell does."""
        assert state == "done", detail

    def message(self, text: str) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    registry = load_registry((TRACK,))
    assert registry.failures == []
    return registry


def test_it_takes_few_lines_of_which_few_are_no_science() -> None:
    source = TRACK.read_text()
    tree = ast.parse(source)
    hooks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    plumbing = sum(node.end_lineno - node.lineno + 1 for node in (*hooks, *imports)) + len(hooks)
    assert len(source.splitlines()) <= 400
    assert len(hooks) == 3
    assert plumbing < 60


def test_its_methods_are_run_ranked_and_drawn(registry: Registry, shared_cache: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, cache=shared_cache, database=None, plugins=(TRACK,), workers=2)
    request = Request(("calibration/*",), standing="all", settings=(("held-out", "400"), ("held-out", "60")))
    assert Runner(registry, settings, Silent(), "inline").run(request).states == {"done": 12}
    tables = {
        table.setting["held-out"]: table for table in load_board(settings, registry).of_task("calibration/digits")
    }
    assert tables.keys() == {"400", "60"}
    for table in tables.values():
        rows = {row.name: row for row in table.rows}
        assert (rows["temperature-scaling"].rank.place, rows["uncalibrated"].rank) == (1, None)
        assert rows["uncalibrated"].difference is not None
        assert rows["uncalibrated"].difference.mean > 0  # log loss: more is worse


def test_scores_follow_from_the_stored_samples(registry: Registry, resources: Resources) -> None:
    task = registry.tasks["calibration/digits"]()
    context = TaskContext(0, resources, task.setting({"held-out": "60"}))
    samples = task.evaluate(registry.methods["calibration/temperature-scaling"](), context).samples
    scores = {score.metric: score for score in scores_of(task, task.samples.read(samples.table()))}
    assert scores == {score.metric: score for score in scores_of(task, samples)}
    assert scores["log_loss"].interval.low < scores["log_loss"].value < scores["log_loss"].interval.high
    (picture,) = samples.pictures("test")
    assert "bins" in picture.description


@cache  # a fixture of the module is none of each example's
def task() -> type[Any]:
    return load_registry((TRACK,)).tasks["calibration/digits"]


@given(
    probabilities=st.lists(st.floats(0.01, 0.99), min_size=2, max_size=50),
    labels=st.lists(st.integers(0, 1), min_size=50, max_size=50),
)
def test_the_calibration_error_is_a_share_and_its_bins_hold_all_samples(probabilities, labels) -> None:
    cls = task().samples
    pairs = np.array([[p, 1 - p] for p in probabilities])
    samples = cls.of(pairs, np.array(labels[: len(pairs)]))
    assert 0 <= samples.value(Column(metric="calibration_error", subset="test")).value <= 1
    assert sum(count for *_, count in samples.bins()) == len(pairs)
    assert samples.value(Column(metric="brier", subset="test")).value == pytest.approx(samples.brier.mean())
