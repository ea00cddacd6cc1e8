"""Runs from store to store: all that is new, nothing that is here is touched, and what disagrees is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from exchange import Shop, cell, changed_run, members
from sqlalchemy import text

from suite.errors import SuiteError
from suite.store.engine import writer_engine
from suite.store.samples import read_table, samples_path


@pytest.fixture
def theirs(tmp_path: Path) -> Shop:
    """A store with two finished runs and a failed one."""
    shop = Shop(tmp_path / "theirs")
    shop.run(cell(0), 0.25)
    shop.run(cell(1), 0.5)
    shop.run(cell(2), state="failed")
    return shop


@pytest.fixture
def ours(tmp_path: Path) -> Shop:
    """A home without a store."""
    return Shop(tmp_path / "ours")


@pytest.fixture
def file(theirs: Shop, tmp_path: Path) -> Path:
    """What was exported of their store."""
    made = theirs.export(tmp_path / "theirs.zip")
    assert (made.runs, made.samples, made.without) == (3, 2, 0)
    return tmp_path / "theirs.zip"


def test_everything_comes_over_and_says_where_from(theirs: Shop, ours: Shop, file: Path) -> None:
    merged = ours.merge(file)
    assert (merged.added, merged.samples, merged.conflicts) == (3, 2, [])
    before, after = theirs.runs(), ours.runs()
    assert [replace(run, origin=None) for run in after] == before
    assert all(run.origin["by"] == "Ada" and run.origin["file"] == "theirs.zip" for run in after)
    assert [str(run.cell.setting) for run in after] == [str(run.cell.setting) for run in before], "in the same order"
    assert ours.files() == theirs.files()
    assert read_table(ours.settings, after[0].samples).to_pydict() == {"answer": [0.25]}


def test_merging_twice_changes_nothing(ours: Shop, file: Path) -> None:
    ours.merge(file)
    before = ours.runs()
    merged = ours.merge(file)
    assert (merged.added, merged.known, merged.samples) == (0, 3, 0)
    assert ours.runs() == before


def test_two_exports_differ_in_their_time_alone(theirs: Shop, file: Path, tmp_path: Path) -> None:
    theirs.export(tmp_path / "again.zip")
    one, two = members(file), members(tmp_path / "again.zip")
    first, second = (json.loads(parts.pop("manifest.json")) for parts in (one, two))
    assert one == two
    assert {**first, "exported": ""} == {**second, "exported": ""}


def test_a_run_is_passed_on_with_all_the_places_that_it_came_from(ours: Shop, file: Path, tmp_path: Path) -> None:
    ours.merge(file)
    ours.export(tmp_path / "ours.zip", by="Bob")
    third = Shop(tmp_path / "third")
    third.merge(tmp_path / "ours.zip")
    origin = third.runs()[0].origin
    assert (origin["by"], origin["file"]) == ("Bob", "ours.zip")
    assert (origin["before"]["by"], origin["before"]["file"]) == ("Ada", "theirs.zip")


def test_equal_scores_are_said_and_others_are_a_conflict(ours: Shop, file: Path) -> None:
    same, other = ours.run(cell(0), 0.25), ours.run(cell(1), 0.75)
    before = ours.runs()
    merged = ours.merge(file)
    assert (merged.added, merged.same, merged.known) == (1, 1, 0)
    (conflict,) = merged.conflicts
    assert (conflict.here, conflict.scores) == (other, {"accuracy all": (0.75, 0.5)})
    after = ours.runs()
    assert after[:2] == before
    assert [run.id for run in after[:2]] == [same, other]
    assert len(ours.files()) == 2, "samples of runs that were not taken are not kept"


def test_what_a_clock_measures_is_no_conflict(ours: Shop, file: Path) -> None:
    ours.run(cell(1), 0.75)
    merged = ours.merge(file, clocks=["accuracy"])
    assert (merged.added, merged.same, merged.conflicts) == (2, 1, [])


def test_a_cell_that_failed_here_gets_the_result_as_its_next_attempt(ours: Shop, file: Path) -> None:
    ours.run(cell(0), state="failed")
    assert ours.merge(file).added == 3
    assert [(run.state, run.attempt) for run in ours.runs()] == [("done", 2), ("done", 1), ("failed", 1)]


def test_a_failure_elsewhere_does_not_touch_what_is_done_here(ours: Shop, file: Path) -> None:
    ours.run(cell(2), 0.125)
    merged = ours.merge(file)
    assert (merged.added, merged.kept) == (2, 1)
    assert ours.runs()[2].state == "done"


def test_a_cell_that_is_under_way_here_is_left_out(ours: Shop, file: Path) -> None:
    ours.run(cell(0), state="running")
    merged = ours.merge(file)
    assert (merged.added, merged.busy) == (2, [cell(0).title])


def test_without_samples_the_numbers_come_alone(theirs: Shop, ours: Shop, tmp_path: Path) -> None:
    made = theirs.export(tmp_path / "small.zip", samples=False)
    assert (made.samples, made.without) == (0, 2)
    assert ours.merge(tmp_path / "small.zip").added == 3
    assert ours.runs()[0].samples == theirs.runs()[0].samples
    assert ours.files() == set()


def test_samples_that_are_gone_are_counted(theirs: Shop, ours: Shop, tmp_path: Path) -> None:
    samples_path(theirs.settings, theirs.runs()[0].samples).unlink()
    made = theirs.export(tmp_path / "part.zip")
    assert (made.samples, made.without) == (1, 1)
    assert ours.merge(tmp_path / "part.zip").samples == 1


def test_damaged_samples_are_not_exported(theirs: Shop, tmp_path: Path) -> None:
    samples_path(theirs.settings, theirs.runs()[0].samples).write_bytes(b"other")
    with pytest.raises(SuiteError, match="a file of samples is damaged"):
        theirs.export(tmp_path / "bad.zip")
    assert not (tmp_path / "bad.zip").exists()


def test_a_file_that_is_there_is_not_overwritten(theirs: Shop, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(SuiteError, match=r"theirs\.zip exists"):
        theirs.export(file)
    assert file.read_bytes() == before


def test_another_run_under_the_same_id_stops_the_merge(ours: Shop, file: Path) -> None:
    mine = ours.run(cell(9), 0.5)
    before = ours.runs()
    changed_run(file, lambda record: record.update(id=mine))
    with pytest.raises(SuiteError, match="another run with the id"):
        ours.merge(file)
    assert ours.runs() == before
    assert len(ours.files()) == 1


def test_a_store_of_an_older_schema_asks_for_an_upgrade(ours: Shop, file: Path) -> None:
    ours.run(cell(9))
    engine = writer_engine(ours.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE suite_alembic_version SET version_num = '0003'"))
    engine.dispose()
    with pytest.raises(SuiteError) as caught:
        ours.merge(file)
    assert caught.value.next == "suite db upgrade"


def test_a_store_that_fails_half_way_keeps_nothing(ours: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours.run(cell(9), 0.5)
    before, files = ours.runs(), ours.files()

    def broken(*arguments: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("suite.store.transfer.merge._Store.insert", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        ours.merge(file)
    assert (ours.runs(), ours.files()) == (before, files)


def test_both_kinds_of_database_take_runs(url: str, file: Path, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "other")
    shop.settings = shop.settings.model_copy(update={"database": url})
    assert shop.merge(file).added == 3
    assert shop.merge(file).known == 3
    assert [run.state for run in shop.runs()] == ["done", "done", "failed"]
