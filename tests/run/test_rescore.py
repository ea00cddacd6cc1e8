"""Rescoring: a newer metric on the samples of an older run."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from bench import Bench, Steps, on_both

from suite.board.artifact import load_board
from suite.cache import Cache
from suite.contracts import Column, Resources, Value
from suite.registry import Registry, load_registry
from suite.run import rescore as module
from suite.run.rescore import RescoreSummary, rescore
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import RunRow
from suite.store.samples import samples_path

REQUEST = Request(("fast/varied",), ("constant", "twin"), (0,), settings=(("size", "large"),))


@pytest.fixture
def settings(bench: Bench) -> Settings:
    """Settings of the bench."""
    return bench.settings(workers=1)


@pytest.fixture
def registry(settings: Settings) -> Registry:
    """A registry with two methods run on one seed."""
    registry = load_registry(settings.plugins)
    assert Runner(registry, settings, Steps(), "inline").run(REQUEST).clean
    return registry


@pytest.fixture
def newer(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accuracy of version 2, which is one minus the old one, from after the runs on."""
    task = registry.tasks["fast/varied"]
    old = task.samples.value

    def value(self: Any, column: Column) -> Value:
        return Value(1 - old(self, column).value, 10)

    monkeypatch.setattr(task.samples, "value", value)
    monkeypatch.setattr(task, "metrics", (task.metrics[0].model_copy(update={"version": "2"}),))


def run(settings: Settings, registry: Registry) -> RescoreSummary:
    return rescore(Resources(settings, Cache(settings.cache_folder)), [registry.tasks["fast/varied"]()])


def runs(settings: Settings) -> list[RunRow]:
    reader = Reader(settings.database_url)
    try:
        return [reader.run(row.id) for row in reader.latest_runs()]
    finally:
        reader.close()


def test_nothing_is_done_while_the_metrics_are_the_same(settings: Settings, registry: Registry) -> None:
    assert run(settings, registry) == RescoreSummary(done=0, current=2)


@pytest.mark.usefixtures("newer")
@on_both
def test_a_newer_metric_makes_new_cells_without_running(
    settings: Settings, registry: Registry, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations = bench.evaluations()
    before = {row.cell.method: row for row in runs(settings)}
    assert run(settings, registry) == RescoreSummary(done=2)
    after = {row.cell.method: row for row in runs(settings) if row.id not in {old.id for old in before.values()}}
    for method, old in before.items():
        new = after[method]
        assert new.scores[0].value == pytest.approx(1 - old.scores[0].value, abs=1e-12)
        assert new.scores[0].metric_version == "2"
        assert (new.cost, new.samples, new.ingredients) == (old.cost, old.samples, old.ingredients)
        assert new.environment is not None
        assert new.environment["rescored from"] == old.id
        assert new.isolation == old.isolation
        assert new.isolation is not None
        assert new.cell.setting == old.cell.setting == {"size": "large", "hint": "none"}
        assert new.cell.protocol != old.cell.protocol
    assert run(settings, registry) == RescoreSummary(done=0, current=2)
    # Loading the registry anew would load the plugin anew, with its older metric.
    monkeypatch.setattr(sys.modules["suite.run.worker"], "load_registry", lambda *arguments: registry)
    summary = Runner(registry, settings, Steps(), "inline").run(REQUEST)
    assert (summary.done_before, summary.states) == (2, {})
    assert bench.evaluations() == evaluations
    tables = load_board(settings, registry).of_task("fast/varied")
    assert [table.current for table in tables] == [True, False]


@pytest.mark.usefixtures("newer")
def test_a_run_whose_samples_are_gone_is_named(settings: Settings, registry: Registry) -> None:
    gone, _ = sorted(runs(settings), key=lambda row: row.cell.method)
    samples_path(settings, str(gone.samples)).unlink()
    summary = run(settings, registry)
    assert summary.done == 1
    (error,) = summary.errors
    assert "constant size=large, hint=none seed 0: the samples of the run are missing" in error
    assert "next: suite run --task fast/varied" in error


@pytest.mark.usefixtures("newer")
def test_other_data_is_not_mixed_in(settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "known_ingredients", lambda *arguments: None)
    summary = run(settings, registry)
    assert summary.done == 0
    assert all("is missing, or has changed" in error for error in summary.errors)


def test_a_metric_that_the_samples_cannot_give_is_not_left_out(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = registry.tasks["fast/varied"]
    added = task.metrics[0].model_copy(update={"name": "calibration_error"})
    old = task.samples.value

    def value(self: Any, column: Column) -> Value | None:
        return None if column.metric == added.name else old(self, column)

    monkeypatch.setattr(task.samples, "value", value)
    monkeypatch.setattr(task, "metrics", (*task.metrics, added))
    summary = run(settings, registry)
    assert (summary.done, len(summary.errors)) == (0, 2)
    assert "the samples of the run do not have what calibration_error is made of" in summary.errors[0]
    assert "next: suite run --task fast/varied" in summary.errors[0]


@pytest.mark.usefixtures("newer")
def test_a_newer_version_of_a_metric_that_had_a_score_is_not_left_out_either(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = registry.tasks["fast/varied"]
    others = task.metrics[0].model_copy(update={"name": "other"})
    monkeypatch.setattr(task, "metrics", (others, task.metrics[0]))
    monkeypatch.setattr(task, "primary", Column(metric="other", subset=task.primary.subset))
    monkeypatch.setattr(
        task.samples, "value", lambda self, column: Value(0.5, 10) if column.metric == "other" else None
    )
    summary = run(settings, registry)
    assert summary.done == 0
    assert "do not have what accuracy is made of" in summary.errors[0]
