"""Rescoring: a newer metric on the samples of an older run."""

from __future__ import annotations

from typing import Any

import pytest

from suite.benchmarks.ood.digits import DigitsTask
from suite.board.artifact import load_board
from suite.cache import Cache
from suite.contracts import Resources
from suite.registry import load_registry
from suite.run import rescore as module
from suite.run.record import samples_path
from suite.run.rescore import Rescored, rescore
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings, load_settings
from suite.store.reading import Reader
from suite.store.rows import RunRow
from suite.tracks.ood import samples
from suite.tracks.ood.metrics import AUROC, DETECTION, METRICS

pytestmark = pytest.mark.xdist_group("digits")
NEWER = AUROC.model_copy(update={"version": "2"})


class Silent:
    """A reporter that says nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


@pytest.fixture
def settings(shared_cache: Any) -> Settings:
    """A store with two methods on one seed of ood/digits."""
    found = load_settings(cache=shared_cache, hub=False, workers=1)
    request = Request(("ood/digits",), ("msp", "knn"), (0,))
    assert Runner(load_registry(), found, Silent(), "inline").run(request).clean
    return found


@pytest.fixture
def newer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """AUROC of version 2, which is one minus the old one, from after the runs on."""
    detection = {NEWER if metric is AUROC else metric: function for metric, function in DETECTION.items()}
    detection[NEWER] = lambda inside, outside: 1 - DETECTION[AUROC](inside, outside)
    monkeypatch.setattr(samples, "DETECTION", detection)
    monkeypatch.setattr(DigitsTask, "metrics", (NEWER, *(metric for metric in METRICS if metric is not AUROC)))


def run(settings: Settings) -> Rescored:
    return rescore(Resources(settings, Cache(settings.cache_folder)), [DigitsTask()])


def runs(settings: Settings) -> list[RunRow]:
    reader = Reader(settings.database_url)
    try:
        return [reader.run(each.id) for each in reader.latest_runs()]
    finally:
        reader.close()


def scores(of: RunRow) -> dict[tuple[str, str], float]:
    return {(each.metric, each.subset): each.value for each in of.scores}


def test_nothing_is_done_while_the_metrics_are_the_same(settings: Settings) -> None:
    assert run(settings) == Rescored(done=0, current=2)


@pytest.mark.usefixtures("newer")
def test_a_newer_metric_makes_new_cells_without_running(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("the method was run")

    monkeypatch.setattr(DigitsTask, "evaluate", refuse)
    old = {each.cell.method: each for each in runs(settings)}
    assert run(settings) == Rescored(done=2)
    new = {each.cell.method: each for each in runs(settings) if each.cell.id not in {o.cell.id for o in old.values()}}
    for method, before in old.items():
        after = new[method]
        assert scores(after)["auroc", "near"] == pytest.approx(1 - scores(before)["auroc", "near"], abs=1e-12)
        assert scores(after)["fpr95", "near"] == scores(before)["fpr95", "near"]
        assert {each.metric_version for each in after.scores if each.metric == "auroc"} == {"2"}
        assert (after.cost, after.samples, after.ingredients) == (before.cost, before.samples, before.ingredients)
        assert after.environment is not None
        assert after.environment["rescored from"] == before.id
        assert after.cell.protocol != before.cell.protocol
    assert run(settings) == Rescored(done=0, current=2)
    request = Request(("ood/digits",), ("msp", "knn"), (0,))
    summary = Runner(load_registry(), settings, Silent(), "inline").run(request)
    assert (summary.done_before, summary.states) == (2, {})
    tables = load_board(settings, load_registry()).of_task("ood/digits")
    assert [table.current for table in tables] == [True, False]


@pytest.mark.usefixtures("newer")
def test_a_run_whose_samples_are_gone_is_named(settings: Settings) -> None:
    gone, _ = runs(settings)
    samples_path(settings, str(gone.samples)).unlink()
    found = run(settings)
    assert found.done == 1
    (error,) = found.errors
    assert f"{gone.cell.method} seed 0: its samples are not at hand" in error
    assert "next: suite run --task ood/digits" in error


@pytest.mark.usefixtures("newer")
def test_other_data_is_not_mixed_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "known_ingredients", lambda *args: None)
    found = run(settings)
    assert found.done == 0
    assert all("is not at hand, or is another now" in error for error in found.errors)
