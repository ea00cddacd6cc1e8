"""A method has the same scores whether it runs beside its judge or apart from it, in every track."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Steps

from suite.contracts import Resources
from suite.registry import load_registry
from suite.run.reproduce.verdict import CLOCK
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.reading import Reader

pytestmark = pytest.mark.slow
CELLS = {
    "ood/digits": ("msp", "odin", "gram"),
    "basins/d50": ("random", "trajectory-mean-ward"),
    "quantization/digits-vit": ("rtn-minmax",),
    "memorization/digits-detection": ("nearest-training",),
    "learning-rate/deep-linear": ("sam",),
    "temperature/infonce-planted": ("log-annealing", "parallel-tempering", "thermodynamic-speed"),
    "replay/hopfield": ("random", "hopfield-energy"),
    "replay/split-digits": ("ring", "mir", "joint"),
}
"""Methods given features, images, a network; a simulator; images; paths; a trainer; walkers; patterns; a learner.

What mitigations plan, and the training of an encoder, are compared in tests/tracks/*/test_border.py: their cells take
too long for this.
"""

Scores = dict[tuple[str, str, str], float]


def scores(home: Path, task: str, methods: tuple[str, ...], split: str, resources: Resources) -> Scores:
    """Run methods on a task with one seed; return every score that no clock measures."""
    settings = Settings(home=home, database=None, cache=resources.settings.cache_folder, workers=2, split=split)
    registry = load_registry()
    assert Runner(registry, settings, Steps()).run(Request((task,), methods, (0,))).clean
    clocks = {metric.name for metric in registry.tasks[task].metrics if metric.unit == CLOCK}
    reader = Reader(settings.database_url)
    try:
        rows = reader.latest_runs()
    finally:
        reader.close()
    assert all(((row.isolation or {}).get("split") is True) == (split == "always") for row in rows)
    return {
        (row.cell.method, score.metric, score.subset): score.value
        for row in rows
        for score in row.scores
        if score.metric not in clocks
    }


@pytest.mark.parametrize("task", CELLS)
def test_scores_are_the_same(task: str, tmp_path: Path, resources: Resources) -> None:
    beside = scores(tmp_path / "beside", task, CELLS[task], "never", resources)
    apart = scores(tmp_path / "apart", task, CELLS[task], "always", resources)
    assert len({method for method, _, _ in beside}) == len(CELLS[task])
    if task == "quantization/digits-vit":  # its images are asked about in another order, so that sums round otherwise
        assert apart == pytest.approx(beside, rel=1e-3, abs=4e-3)
    else:
        assert apart == beside
