"""Engines: one that writes, one that only reads, and the one that migrates.

SQLite's settings here are measured choices: with the driver's defaults eight processes claimed 200 cells 1,041 times.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from suite.store.complaints import cannot_write, translated
from suite.store.turns import begin_in_turn
from suite.store.urls import database_file, parsed, unusable

PATIENCE = 30.0
"""Seconds for which a command waits for a store that somebody holds."""

SERVER = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "tcp_user_timeout": 60_000}
"""For libpq: a server that vanished without a word is noticed within a minute, not after a quarter of an hour."""

_ANSWERED: set[str] = set()


def writer_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """Return an engine whose transactions take SQLite's write lock at once, so that they never fail half-way."""
    engine = _create(url)
    if engine.dialect.name == "sqlite":
        file = database_file(url)
        if file is not None:
            with translated(url):
                try:
                    file.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise cannot_write(url, str(error)) from error

        known: list[Path] = []

        @event.listens_for(engine, "do_connect")
        def _open(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> None:
            if known:  # a store that was there is not made anew where its disk is away
                arguments[0], options["uri"] = f"file:{quote(str(known[0]))}?mode=rw", True

        @event.listens_for(engine, "connect")
        def _connect(connection: sqlite3.Connection, _: Any) -> None:
            known.extend([file] if file is not None else [])
            connection.isolation_level = None
            connection.execute(f"PRAGMA {_busy(PATIENCE)}")
            mode = _write_ahead(connection)
            if mode not in ("wal", "memory"):
                warnings.warn(f"{url}: journal mode is {mode!r}, not WAL; is it on a network disk?", stacklevel=2)
            for pragma in ("synchronous=NORMAL", "journal_size_limit=134217728"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            begin_in_turn(connection, PATIENCE)

    return engine


def reader_engine(url: str, patience: float = PATIENCE) -> Engine:
    """Return an engine that cannot write, and so never blocks or breaks a run.

    It waits at most ``patience`` seconds for a store that somebody holds for himself alone.
    """
    file = database_file(url)
    if file is None:
        engine = _create(url)
        if engine.dialect.name == "postgresql":
            _on_connect(engine, "SET default_transaction_read_only = on")
        return engine
    engine = create_engine(URL.create("sqlite", database=f"file:{quote(str(file))}", query=_reading(file)))

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA {_busy(min(patience, PATIENCE))}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> str:
    """Switch a database to write-ahead logging, and return the journal mode that it has then.

    SQLite does not wait here as it does elsewhere: of several who open a new file at once, one may be told immediately
    that it is locked.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.05 * random.random())


def _busy(seconds: float) -> str:
    return f"busy_timeout={round(1000 * seconds)}"


def _reading(file: Path) -> dict[str, str]:
    # SQLite wants to make its shared-memory file even to read; where it cannot, and nobody writes, it need not.
    unwritable = not os.access(file.parent, os.W_OK) and not file.with_name(f"{file.name}-wal").exists()
    return {"mode": "ro", "uri": "true", **({"immutable": "1"} if unwritable else {})}


def _on_connect(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.cursor().execute(statement)
        connection.commit()


def has_answered(url: str) -> bool:
    """Return whether the database server has answered this process before: its URL is right, so it is worth a wait."""
    return url in _ANSWERED


def has_store(url: str) -> bool:
    """Return whether there is a store to read; a database server is asked only when it is used."""
    file = database_file(url)
    return file is None or file.exists()


def _create(url: str) -> Engine:
    parts = parsed(url)
    try:
        if parts.get_backend_name() == "sqlite":
            return create_engine(parts)
        known = {name: value for name, value in SERVER.items() if name not in parts.query}
        engine = create_engine(parts, connect_args=known, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:  # psycopg without libpq is no missing module
        raise unusable(str(error)) from error
    if engine.dialect.is_async:
        raise unusable(f"{parts.drivername} is made for asynchronous code")
    _on_connect(engine, "SET TIME ZONE 'UTC'")  # as SQLite's clock; the columns hold no zone
    event.listen(engine, "connect", lambda *_: _ANSWERED.add(url))
    return engine
