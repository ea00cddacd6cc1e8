"""Turns: SQLite lets one write at a time, and whoever waits for the lock tries for it again and again.

SQLite's own handler tries ever more seldom, up to every 0.1 seconds: among eight writers one that had just written
took the lock again before the others looked, and some waited for 20 seconds. Here all look as often as each other.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_PAUSE = 0.01
"""Seconds between two tries, at most: a transaction takes about two milliseconds."""


def begin_in_turn(connection: Connection, patience: float) -> None:
    """Take SQLite's write lock, waiting ``patience`` seconds at most; the transaction cannot fail half-way then.

    Raises:
        OperationalError: somebody else held it all the time.
    """
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _is_begun(driver, time.monotonic() + patience):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, for the library's error
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(1000 * patience)}")  # for what waits without WAL


def _is_begun(driver: sqlite3.Connection, until: float) -> bool:
    """Try until then; tell whether the lock is taken."""
    while time.monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        time.sleep(LONGEST_PAUSE * random.random())
    return False
