"""Reading: never writes, never waits for a writer, and works where nothing can be written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from suite.errors import SuiteError
from suite.store.engine import reader_engine, writer_engine
from suite.store.reading import NoSuchRun, Reader, SeveralRuns
from suite.store.rows import CellRow, RunResult
from suite.store.writing import Writer

Cell = Callable[[int], CellRow]
Done = Callable[..., RunResult]


@pytest.mark.parametrize(
    "statement", ["UPDATE run SET state = 'failed'", "DELETE FROM score", "CREATE TABLE x (y INTEGER)"]
)
def test_the_readers_engine_cannot_write(url: str, cell: Cell, done: Done, statement: str) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    writer.end(run, done())
    engine = reader_engine(url)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert Reader(url).run(run).state == "done"


def test_reading_does_not_wait_for_a_writer(url: str, cell: Cell, done: Done) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    writer.end(run, done())
    engine = writer_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE run SET state = 'failed'"))
        reader = Reader(url)
        assert reader.run(run).state == "done", "what is not committed is not seen"
        assert len(reader.latest_runs()) == 1
        connection.rollback()
    engine.dispose()


def test_a_run_is_found_by_the_start_of_its_id(url: str, cell: Cell) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    assert Reader(url).run(run[:6]).id == run


@pytest.mark.parametrize(("prefix", "cause"), [("zzz", "no run starts"), ("", "several runs start"), ("%", "no run")])
def test_a_prefix_of_no_run_or_of_several_is_refused(url: str, cell: Cell, prefix: str, cause: str) -> None:
    writer = Writer(url)
    writer.claim(cell(0), [])
    writer.claim(cell(1), [])
    with pytest.raises(SuiteError, match=cause) as raised:
        Reader(url).run(prefix)
    if prefix == "":
        assert str(raised.value).count(", ") == 1, "both are named"


def test_of_many_runs_that_start_alike_a_few_are_named(url: str, cell: Cell) -> None:
    writer = Writer(url)
    ids = sorted(str(writer.claim(cell(seed), [])) for seed in range(7))
    with pytest.raises(SeveralRuns, match=f"{', '.join(ids[:5])}, \\.\\.\\."):
        Reader(url).run("")


def test_no_run_and_several_runs_are_told_apart_from_a_store_that_fails(url: str, cell: Cell, execute) -> None:
    writer = Writer(url)
    for number in (0, 1):
        writer.claim(cell(number), [])
    writer.close()
    with pytest.raises(NoSuchRun):
        Reader(url).run("zzz")
    with pytest.raises(SeveralRuns):
        Reader(url).run("")
    reader = Reader(url)
    reader.close()
    execute("DROP TABLE score")
    execute("ALTER TABLE run RENAME TO gone")
    with pytest.raises(SuiteError) as raised:
        reader.run("zzz")
    assert not isinstance(raised.value, NoSuchRun | SeveralRuns)


def test_the_latest_run_of_a_cell_is_its_finished_one_or_else_the_last(url: str, cell: Cell, done: Done) -> None:
    writer = Writer(url)
    writer.end(writer.claim(cell(0), []), RunResult("failed", error="first"))
    writer.end(writer.claim(cell(0), []), RunResult("failed", error="second"))
    writer.end(writer.claim(cell(1), []), RunResult("failed"))
    writer.end(writer.claim(cell(1), []), done())
    latest = {run.cell.seed: run for run in Reader(url).latest_runs()}
    assert latest[0].error == "second"
    assert (latest[1].state, latest[1].attempt) == ("done", 2)


def test_the_attempts_of_a_cell_come_in_their_order(url: str, cell: Cell, done: Done) -> None:
    writer = Writer(url)
    writer.end(writer.claim(cell(0), []), RunResult("failed", error="first"))
    writer.end(writer.claim(cell(0), []), done())
    writer.claim(cell(1), [])
    runs = Reader(url).attempts(cell(0).id)
    assert [(run.attempt, run.state, run.error) for run in runs] == [(1, "failed", "first"), (2, "done", None)]


def test_the_stamp_changes_when_a_run_is_claimed_and_when_it_ends(url: str, cell: Cell, done: Done) -> None:
    writer, stamps = Writer(url), []
    reader = Reader(url)
    assert reader.stamps() == {}
    first = writer.claim(cell(0), [])
    stamps.append(reader.stamps())
    writer.claim(cell(1), [])
    stamps.append(reader.stamps())
    writer.end(first, done())
    stamps.append(reader.stamps())
    ((task, _),) = stamps[0].items()
    assert task == cell(0).task
    assert [of_task[task][0] for of_task in stamps] == [1, 2, 2]
    assert len({of_task[task][1] for of_task in stamps}) == 3
    assert reader.stamps() == stamps[-1]


def test_a_store_on_a_read_only_disk_can_be_read(tmp_path: Path, cell: Cell) -> None:
    home = tmp_path / "home"
    writer = Writer(f"sqlite:///{home / 'suite.db'}")
    run = writer.claim(cell(0), [])
    writer.close()
    place = tmp_path / "mount"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "--bind", home, place], capture_output=True).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        subprocess.run([mount, "-o", "remount,ro,bind", place], check=True, capture_output=True)
        reader = Reader(f"sqlite:///{place / 'suite.db'}")
        assert reader.run(run).state == "running"
        reader.close()
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_value_that_is_no_json_any_more_is_said_to_be_damage(sqlite: str, cell: Cell) -> None:
    writer = Writer(sqlite)
    run = writer.claim(cell(0), [])
    with writer_engine(sqlite).begin() as connection:
        connection.execute(text("UPDATE cell SET parameters = substr(parameters, 2)"))
    for read in (lambda: Reader(sqlite).run(run), Reader(sqlite).latest_runs):
        with pytest.raises(SuiteError, match="the store is damaged: a value is not JSON"):
            read()
