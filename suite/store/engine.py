"""Engines: one that writes, one that only reads, and the one that migrates.

SQLite's settings here are measured choices: with the driver's defaults eight processes claimed 200 cells 1,041 times.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from suite.errors import SuiteError

PATIENCE = 30.0
"""Seconds for which a command waits for a store that somebody holds."""


class Unanswered(SuiteError):
    """The store is there and does not answer now: somebody holds it, or its server is down."""


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
                    raise _cannot_write(url, str(error)) from error

        @event.listens_for(engine, "connect")
        def _connect(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode not in ("wal", "memory"):
                warnings.warn(f"{url}: journal mode is {mode!r}, not WAL; is it on a network disk?", stacklevel=2)
            for pragma in (_busy(PATIENCE), "synchronous=NORMAL", "journal_size_limit=134217728"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

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
        connection.execute(f"PRAGMA {_busy(patience)}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


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


def has_store(url: str) -> bool:
    """Return whether there is a store to read; a database server is asked only when it is used."""
    file = database_file(url)
    return file is None or file.exists()


def database_file(url: str) -> Path | None:
    """Return the file of an SQLite URL; None for other databases and for SQLite in memory."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable(error) from error
    if (
        parsed.get_backend_name() != "sqlite"
        or not parsed.database
        or parsed.database.startswith((":memory:", "file:"))
    ):
        return None
    return Path(parsed.database)


def _create(url: str) -> Engine:
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unusable(error) from error
    if engine.dialect.name == "postgresql":
        _on_connect(engine, "SET TIME ZONE 'UTC'")  # as SQLite's clock; the columns hold no zone
    return engine


def _unusable(error: Exception) -> SuiteError:
    return SuiteError(
        f"the URL of the store cannot be used: {error}",
        place="SUITE_DATABASE",
        next="unset SUITE_DATABASE, or install the driver that the URL names: pip install psycopg",
    )


def check_pages(url: str) -> None:
    """Have SQLite look at every page of the store; another database looks after its own.

    Rows have no checksum: a number that is another now is a number.

    Raises:
        SuiteError: one is not as it has to be.
    """
    if database_file(url) is None:
        return
    engine = reader_engine(url)
    try:
        with translated(url), engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    finally:
        engine.dispose()
    if found != "ok":
        raise _damaged(url, str(found).splitlines()[0])


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn the database's complaints that a user can mend into a `SuiteError`; let all others through."""
    try:
        yield
    except DBAPIError as error:
        message = str(error.orig)
        if "readonly" in message or "read-only" in message:
            raise _cannot_write(url, message) from error
        if "disk is full" in message or "disk I/O error" in message:
            raise SuiteError(
                f"the store cannot be written: {message}; what finished is kept and recorded by the next run",
                place=shown(url),
                next=f"free some space, then: suite run (df -h {_folder(url)} shows the space)",
            ) from error
        if isinstance(error, OperationalError):
            raise Unanswered(
                f"the store does not answer: {message.splitlines()[0]}",
                place=shown(url),
                next="check SUITE_HOME and SUITE_DATABASE, then: suite db status",
            ) from error
        if "not a database" in message or "malformed" in message:
            raise _damaged(url, message) from error
        raise


def _damaged(url: str, message: str) -> SuiteError:
    return SuiteError(
        f"the store is damaged: {message}",
        place=shown(url),
        next=f"move the file away or restore a backup: mv {_file(url)} {_file(url)}.damaged",
    )


def _cannot_write(url: str, message: str) -> SuiteError:
    return SuiteError(
        f"the store cannot be written: {message}",
        place=shown(url),
        next=f"make it writable (chmod u+w {_file(url)}), or choose another: export SUITE_HOME=<folder>",
    )


def shown(url: str) -> str:
    """Return the URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _file(url: str) -> str:
    return str(database_file(url) or shown(url))


def _folder(url: str) -> str:
    file = database_file(url)
    return str(file.parent if file else ".")
