"""Patience: a store that is away for a moment is waited for, and nothing is done twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sample_rows import cell, done
from sqlalchemy.exc import OperationalError

from suite.store import opening, patience
from suite.store.complaints import Away
from suite.store.intake import Queue
from suite.store.patience import patiently
from suite.store.reading import Reader
from suite.store.rows import Reproduction
from suite.store.tokens import Tokens
from suite.store.writing import Writer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_PAUSE", 0.1)


class _Store:
    """Is away the first few times."""

    url = "sqlite:///nowhere"

    def __init__(self, away: int, patience: float) -> None:
        self.away, self.patience, self.tries = away, patience, 0

    @patiently
    def ask(self, answer: int) -> int:
        self.tries += 1
        if self.tries <= self.away:
            raise Away("the store does not answer: gone", place=self.url, next="suite db status")
        return answer


def test_a_store_that_comes_back_is_waited_for_and_both_is_told(caplog: pytest.LogCaptureFixture) -> None:
    store = _Store(away=3, patience=60)
    assert (store.ask(7), store.tries) == (7, 4)
    first, second = caplog.messages
    assert "does not answer: gone" in first
    assert "trying again for 60 s" in first
    assert "answers again" in second


def test_patience_ends_with_the_error_and_is_not_had_twice() -> None:
    store = _Store(away=1000, patience=0.3)
    started = time.monotonic()
    with pytest.raises(Away, match="gone"):
        store.ask(7)
    assert time.monotonic() - started >= 0.3
    tries = store.tries
    with pytest.raises(Away):
        store.ask(7)
    assert store.tries == tries + 1


def test_whoever_is_in_a_hurry_stops_waiting() -> None:
    store = _Store(away=1000, patience=60)
    threading.Timer(0.2, lambda: setattr(store, "patience", 0.0)).start()
    with pytest.raises(Away):
        store.ask(7)


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Writer], None]:
    """Break the connection of a writer right after its next commit, before it is told of it."""

    def once(writer: Writer) -> None:
        begin = writer._engine.begin

        @contextmanager
        def broken() -> Iterator[object]:
            with begin() as connection:
                yield connection
            monkeypatch.setattr(writer._engine, "begin", begin)
            raise OperationalError("COMMIT", None, Exception("server closed the connection unexpectedly"))

        monkeypatch.setattr(writer._engine, "begin", broken)

    return once


def test_what_was_committed_unheard_is_not_done_twice(url: str, breaks: Callable[[Writer], None]) -> None:
    writer = Writer(url)
    breaks(writer)
    run = writer.claim(cell(0), [], attempts=0)
    assert run is not None
    breaks(writer)
    assert writer.end(run, done()) == "done"
    breaks(writer)
    writer.keep_reproduction(Reproduction(run, "equal", "it is"))
    other = writer.claim(cell(1), [])
    breaks(writer)
    writer.release(other)
    reader = Reader(url)
    assert [len(found.scores) for found in reader.latest_runs() if found.id == run] == [1]
    assert reader.states([cell(0).id, cell(1).id]) == {cell(0).id: ("done", 1), cell(1).id: ("stale", 1)}
    assert len(reader.reproductions(run)) == 1


def test_an_sqlite_file_whose_disk_is_away_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    disk, away = tmp_path / "disk", tmp_path / "away"
    writer = Writer(f"sqlite:///{disk / 'suite.db'}", patience=60)
    run = writer.claim(cell(0), [])
    disk.rename(away)
    disk.mkdir()  # where it was mounted

    def back() -> None:
        assert list(disk.iterdir()) == [], "no new store is made meanwhile"
        disk.rmdir()
        away.rename(disk)

    timer = threading.Timer(0.5, back)
    timer.start()
    assert writer.end(run, done()) == "done"
    timer.join()
    assert Reader(writer.url).states([cell(0).id]) == {cell(0).id: ("done", 1)}


def test_an_sqlite_store_that_is_damaged_is_not_waited_for(sqlite: str) -> None:
    writer, other = Writer(sqlite, patience=60), Writer(sqlite)
    with other._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE run RENAME TO gone")
    started = time.monotonic()
    with pytest.raises(Exception, match="no such table: run"):
        writer.claim(cell(0), [])
    assert time.monotonic() - started < 10


def test_a_server_that_never_answered_is_not_waited_for() -> None:
    started = time.monotonic()
    for opened in (Reader, Writer):
        with pytest.raises(Away):
            opened("postgresql://nobody@127.0.0.1:1/none", patience=60)
    assert time.monotonic() - started < 30


@pytest.mark.slow
def test_a_server_is_started_again_under_a_reader_and_a_writer(postgres_server) -> None:
    url = postgres_server.url
    writer, reader = Writer(url, patience=60), Reader(url, patience=60)
    runs = [writer.claim(cell(seed), []) for seed in range(3)]
    restart = threading.Thread(target=postgres_server.control, args=("restart", "2"))
    restart.start()
    while restart.is_alive():
        assert set(reader.states([cell(seed).id for seed in range(3)])) == {cell(seed).id for seed in range(3)}
    assert [writer.end(run, done()) for run in runs] == ["done"] * 3
    assert Reader(url, patience=60).states([cell(0).id]) == {cell(0).id: ("done", 1)}


@pytest.mark.slow
def test_no_lease_runs_out_while_a_server_has_just_started(postgres_server, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(postgres_server.url)
    writer.owner = "elsewhere:1:1.00"
    run = writer.claim(cell(0), [])
    with writer._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET lease_until = '2001-01-01'")
    assert not writer.runs([run])[run][2]
    assert Writer(postgres_server.url).claim(cell(0), []) is None, "its owner has had no time to renew it"
    monkeypatch.setattr(opening, "LEASE_SECONDS", 0)
    assert Writer(postgres_server.url).claim(cell(0), []) is not None


@pytest.mark.slow
def test_an_upload_that_is_checked_while_the_server_is_started_again_keeps_its_worker(postgres_server) -> None:
    url = postgres_server.url
    queue = Queue(url, patience=60)
    token = Tokens(url).new("ada", "submitter", None)[0]
    queue.put(token, "a" * 64, 10, lambda name: None)
    entry = queue.claim()
    restart = threading.Thread(target=postgres_server.control, args=("restart", "2"))
    restart.start()
    while restart.is_alive():
        queue.renew(entry)
    assert queue.end(entry, "accepted", None)
    assert [event.state for event in queue.history(entry)] == ["waiting", "checking", "accepted"]
