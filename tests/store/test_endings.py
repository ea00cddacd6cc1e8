"""Endings: a result is kept once, whole, and a late one does not count."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from suite.contracts import Interval
from suite.hashing import digest
from suite.store.engine import writer_engine
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult, ScoreRow
from suite.store.writing import Writer

Cell = Callable[[int], CellRow]
Done = Callable[..., RunResult]


def test_an_ending_is_read_back_as_it_was_written(url: str, cell: Cell) -> None:
    writer = Writer(url)
    run = writer.claim(cell(3), ["run"])
    scores = (
        ScoreRow("accuracy", "1", "all", 0.1 + 0.2, 10, False),
        ScoreRow("accuracy", "1", "half", 1e-300, 5, True, Interval(0.0, 0.1, 0.95, "samples", 5)),
    )
    ending = RunResult(
        state="done",
        environment={"python": "3.11", "packages": {"ü": "1"}},
        device="cpu",
        threads=2,
        wall_seconds=1.5,
        cpu_seconds=2.5,
        peak_memory_bytes=2**40,
        cost={"fit_seconds": 0.25},
        facts={"fact": "stated"},
        missing=("far",),
        ingredients={"data/x": "abc", "data/y": None},
        samples="f" * 64,
        scores=scores,
    )
    writer.end(run, ending)
    found = Reader(url).run(run)
    assert found.cell == cell(3)
    assert set(found.scores) == set(scores)
    assert found.missing == ["far"]
    for name in ("state", "environment", "device", "threads", "wall_seconds", "cpu_seconds", "peak_memory_bytes"):
        assert getattr(found, name) == getattr(ending, name)
    for name in ("cost", "facts", "ingredients", "samples", "error", "traceback"):
        assert getattr(found, name) == getattr(ending, name)
    assert found.ended >= found.started


def test_a_second_ending_changes_nothing(url: str, cell: Cell, done: Done) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    writer.end(run, done(0.5))
    first = Reader(url).run(run)
    writer.end(run, done(0.9))
    writer.end(run, RunResult("failed", error="no"))
    writer.release(run)
    assert Reader(url).run(run) == first


def test_the_late_result_of_a_lost_lease_is_kept_and_not_counted(url: str, cell: Cell, done: Done, execute) -> None:
    writer = Writer(url)
    slow = writer.claim(cell(0), [])
    execute("UPDATE run SET owner = 'elsewhere:1:1.00', lease_until = '2001-01-01 00:00:00'")
    other = writer.claim(cell(0), [])
    writer.end(slow, done(0.9))
    reader = Reader(url)
    assert reader.run(slow).state == "late"
    assert [score.value for score in reader.run(slow).scores] == [0.9]
    assert reader.states([cell(0).id]) == {cell(0).id: ("running", 2)}
    writer.end(other, done(0.5))
    assert reader.states([cell(0).id]) == {cell(0).id: ("done", 2)}
    assert [(run.id, run.scores[0].value) for run in reader.latest_runs()] == [(other, 0.5)]


def test_a_lost_lease_that_nobody_took_still_counts(url: str, cell: Cell, done: Done, execute) -> None:
    writer = Writer(url)
    slow = writer.claim(cell(0), [])
    execute("UPDATE run SET owner = 'elsewhere:1:1.00', lease_until = '2001-01-01 00:00:00'")
    writer.end(writer.claim(cell(0), []), RunResult("failed"))
    writer.end(slow, done())
    assert Reader(url).states([cell(0).id]) == {cell(0).id: ("done", 1)}


def test_runs_of_one_environment_share_its_row(url: str, cell: Cell, done: Done, execute) -> None:
    writer = Writer(url)
    for seed in range(3):
        writer.end(writer.claim(cell(seed), []), done())
    assert execute("SELECT count(*) AS n FROM environment")[0].n == 1


def test_an_environment_that_another_process_inserts_meanwhile_does_not_make_a_result_late(
    postgresql: str, cell: Cell, done: Done
) -> None:
    writer = Writer(postgresql)
    run = writer.claim(cell(0), [])
    engine = writer_engine(postgresql)
    other = engine.connect()
    other.execute(text("INSERT INTO environment VALUES (:id, CAST('{}' AS json))"), {"id": digest(done().environment)})
    thread = threading.Thread(target=writer.end, args=(run, done()))
    thread.start()
    with engine.connect() as watch:  # until the writer waits for the other transaction
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while thread.is_alive() and not watch.execute(waiting).scalar_one():
            watch.rollback()
    other.commit()
    thread.join()
    other.close()
    engine.dispose()
    assert Reader(postgresql).run(run).state == "done"


def test_scores_cannot_be_orphaned(url: str, cell: Cell, done: Done, execute) -> None:
    writer = Writer(url)
    writer.end(writer.claim(cell(0), []), done())
    with pytest.raises(IntegrityError):
        execute("DELETE FROM run")
    with pytest.raises(IntegrityError):
        execute("DELETE FROM cell")


def test_a_run_that_is_not_there_is_not_made_by_ending_it(url: str, done: Done, execute) -> None:
    Writer(url).end("nobody", done())
    assert execute("SELECT id FROM run") == []
    assert execute("SELECT run FROM score") == []


def test_times_are_in_utc(url: str, cell: Cell) -> None:
    writer = Writer(url)
    started = Reader(url).run(writer.claim(cell(0), [])).started
    assert abs((datetime.now(UTC).replace(tzinfo=None) - started).total_seconds()) < 60
