"""Turns: whoever waits for SQLite's lock gets it between two writes of somebody who writes without a pause."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from suite.store import engine
from suite.store.engine import writer_engine

WRITES, HELD, BETWEEN = 20, 0.02, 0.002


def test_a_writer_gets_in_between_two_writes_of_another(sqlite: str) -> None:
    """SQLite's own handler looks every 0.1 seconds in the end: there were some 1,000 writes of the other to 20."""
    busy, waiting = writer_engine(sqlite), writer_engine(sqlite)
    ended, others = threading.Event(), 0

    def write() -> None:
        nonlocal others
        while not ended.is_set():
            with busy.begin():
                time.sleep(HELD)
            others += 1
            time.sleep(BETWEEN)

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(WRITES):
        with waiting.begin():
            pass
    ended.set()
    thread.join()
    assert others < 15 * WRITES


def test_patience_with_the_lock_ends(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    busy, waiting = writer_engine(sqlite), writer_engine(sqlite)
    with busy.begin():
        started = time.monotonic()
        with pytest.raises(OperationalError, match="database is locked"), waiting.begin():
            pass
        assert 0.2 <= time.monotonic() - started < 20
    with waiting.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 200, "for what waits without WAL"
