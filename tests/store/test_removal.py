"""Runs are forgotten with what only they referred to, on either database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from suite.settings import Settings, load_settings
from suite.store.reading import Reader
from suite.store.removal import Wanted, forget, runs_of
from suite.store.rows import Reproduction, RunResult
from suite.store.samples import samples_path
from suite.store.writing import Writer

ONE, TWO = "a" * 64, "b" * 64
TABLES = ("run", "score", "cell", "environment", "reproduction")


@pytest.fixture
def settings(url: str) -> Settings:
    """Settings of that store."""
    return load_settings(database=url)


@pytest.fixture
def runs(settings: Settings, cell: Callable[..., Any], done: Callable[..., RunResult]) -> list[str]:
    """Three finished runs and one under way; the first two share their samples, the third has its own environment."""
    writer = Writer(settings.database_url)
    made = [writer.claim(cell(seed), ["run"]) for seed in range(4)]
    for run, samples in zip(made, (ONE, ONE, TWO), strict=False):
        environment = {"python": "4"} if samples == TWO else {"python": "3"}
        writer.end(run, replace(done(), samples=samples, environment=environment))
        samples_path(settings, samples).parent.mkdir(parents=True, exist_ok=True)
        samples_path(settings, samples).write_bytes(b"x")
    writer.keep_reproduction(Reproduction(run=made[2], verdict="equal", reason="equal", changed={}, reproducer=""))
    writer.close()
    return made


def counts(execute: Callable[..., list[Any]]) -> dict[str, int]:
    return {table: execute(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_a_run_goes_with_all_that_only_it_referred_to(runs: list[str], settings: Settings, execute) -> None:
    gone = forget(settings, [runs[2]], really=True)
    assert (gone.runs, gone.scores, gone.cells, gone.files) == ([runs[2]], 1, 1, [samples_path(settings, TWO)])
    assert counts(execute) == {"run": 3, "score": 2, "cell": 3, "environment": 1, "reproduction": 0}
    assert samples_path(settings, ONE).exists()


def test_samples_that_another_run_has_stay(runs: list[str], settings: Settings, execute) -> None:
    assert forget(settings, [runs[0]], really=True).files == []
    assert samples_path(settings, ONE).exists()
    assert forget(settings, [runs[1]], really=True).files == [samples_path(settings, ONE)]
    assert not samples_path(settings, ONE).exists()


def test_without_really_nothing_changes_and_the_same_is_told(runs: list[str], settings: Settings, execute) -> None:
    before = counts(execute)
    told = forget(settings, runs, really=False)
    assert counts(execute) == before
    assert samples_path(settings, TWO).exists()
    assert forget(settings, runs, really=True) == told


def test_what_is_under_way_stays_until_its_claim_is_over(runs: list[str], settings: Settings, execute) -> None:
    told = forget(settings, runs, really=True)
    assert (told.running, len(told.runs)) == ([runs[3]], 3)
    execute("UPDATE run SET lease_until = :then", then="2020-01-01 00:00:00")
    assert forget(settings, runs, really=True).runs == [runs[3]]
    assert set(counts(execute).values()) == {0}


def test_what_is_forgotten_can_be_claimed_again(runs: list[str], settings: Settings, cell: Callable[..., Any]) -> None:
    writer = Writer(settings.database_url)
    assert writer.claim(cell(0), ["run"]) is None
    forget(settings, [runs[0]], really=True)
    again = writer.claim(cell(0), ["run"])
    writer.close()
    reader = Reader(settings.database_url)
    assert reader.run(str(again)).attempt == 1
    reader.close()


def test_runs_are_chosen_by_all_conditions_together(runs: list[str], settings: Settings, execute) -> None:
    execute("UPDATE run SET ended = :then WHERE id = :id", then="2020-01-01 00:00:00", id=runs[0])
    ids = lambda **wanted: [row.id for row in runs_of(settings, Wanted(**wanted))]  # noqa: E731
    assert set(ids(tasks=("fast/*",))) == set(ids(methods=("constant",))) == set(runs)
    assert ids(older=3600.0) == [runs[0]]
    assert ids(states=("running",)) == [runs[3]]
    assert ids(states=("done",), older=3600.0, ids=(runs[0][:6],)) == [runs[0]]
    assert ids(states=("running",), older=3600.0) == ids(tasks=("other/*",)) == ids(ids=("zz",)) == []


def test_more_runs_than_one_query_can_name(settings: Settings, cell: Callable[..., Any], execute, monkeypatch) -> None:
    monkeypatch.setattr("suite.store.removal._CHUNK", 2)
    writer = Writer(settings.database_url)
    runs = [str(writer.claim(cell(seed), ["run"])) for seed in range(5)]
    for run in runs:
        writer.end(run, RunResult(state="failed", samples=ONE if run == runs[0] else None))
    writer.close()
    assert len(forget(settings, runs, really=True).runs) == 5
    assert set(counts(execute).values()) == {0}
