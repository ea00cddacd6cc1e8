"""Engines: one that writes, one that only reads, and the one that migrates.

SQLite's settings here are measured choices: with the driver's defaults eight processes claimed 200 cells 1,041 times.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from suite.errors import SuiteError
from suite.store.turns import begin_in_turn

PATIENCE = 30.0
"""Seconds for which a command waits for a store that somebody holds."""


BACK_ENDS = ("sqlite", "postgresql")
"""What has partial unique indexes, by which the database itself refuses a second claim, and is tested."""

SERVER = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "tcp_user_timeout": 60_000}
"""For libpq: a server that vanished without a word is noticed within a minute, not after a quarter of an hour."""

FULL = 1_000_000
"""Bytes of free space with which a disk is as good as full: SQLite calls that an input or output error, too."""

_ANSWERED: set[str] = set()
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)


class Unanswered(SuiteError):
    """The store is there and does not answer: somebody holds it, its server is down, or it is not what it should be."""


class Away(Unanswered):
    """It may answer soon: somebody holds it, its server is started again, or its disk is away."""


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

        known: list[Path] = []

        @event.listens_for(engine, "do_connect")
        def _open(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> None:
            if known:  # a store that was there is not made anew where its disk is away
                arguments[0], options["uri"] = f"file:{quote(str(known[0]))}?mode=rw", True

        @event.listens_for(engine, "connect")
        def _connect(connection: sqlite3.Connection, _: Any) -> None:
            known.extend([file] if file is not None else [])
            connection.isolation_level = None
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode not in ("wal", "memory"):
                warnings.warn(f"{url}: journal mode is {mode!r}, not WAL; is it on a network disk?", stacklevel=2)
            for pragma in (_busy(PATIENCE), "synchronous=NORMAL", "journal_size_limit=134217728"):
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


def database_file(url: str) -> Path | None:
    """Return the file of an SQLite URL; None for other databases and for SQLite in memory."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable(str(error)) from error
    if (
        parsed.get_backend_name() != "sqlite"
        or not parsed.database
        or parsed.database.startswith((":memory:", "file:"))
    ):
        return None
    return Path(parsed.database)


def _create(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):  # as providers write it: the driver is ours to choose
            parsed = parsed.set(drivername="postgresql+psycopg")
        back_end = parsed.get_backend_name()
        if back_end not in BACK_ENDS:
            raise _unusable(f"{back_end} cannot hold the claims on cells, SQLite and PostgreSQL can")
        if back_end == "sqlite":
            return create_engine(parsed)
        known = {name: value for name, value in SERVER.items() if name not in parsed.query}
        engine = create_engine(parsed, connect_args=known, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:  # psycopg without libpq is no missing module
        raise _unusable(str(error)) from error
    if engine.dialect.is_async:
        raise _unusable(f"{parsed.drivername} is made for asynchronous code")
    _on_connect(engine, "SET TIME ZONE 'UTC'")  # as SQLite's clock; the columns hold no zone
    event.listen(engine, "connect", lambda *_: _ANSWERED.add(url))
    return engine


def _unusable(why: str) -> SuiteError:
    return SuiteError(
        f"the URL of the store cannot be used: {' '.join(why.split())}",
        place="SUITE_DATABASE",
        next="unset SUITE_DATABASE, or: pip install 'basin-suite[postgres]', "
        "export SUITE_DATABASE=postgresql+psycopg://USER@HOST/NAME",
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
        if "unable to open" in message and _is_closed(url):
            raise _cannot_write(url, "its folder is read-only") from error
        if _passes(url, error):
            raise Away(
                f"the store does not answer: {message.splitlines()[0]}",
                place=shown(url),
                next="check SUITE_HOME and SUITE_DATABASE, then: suite db status",
            ) from error
        if "readonly" in message or "read-only" in message:
            raise _cannot_write(url, message) from error
        if "disk is full" in message or "disk I/O error" in message:
            raise SuiteError(
                f"the store cannot be written: {message}; what finished is kept and recorded by the next run",
                place=shown(url),
                next=f"free some space, then: suite run (df -h {_folder(url)} shows the space)",
            ) from error
        if isinstance(error, OperationalError) or "does not exist" in message:
            raise Unanswered(
                f"the store does not answer: {message.splitlines()[0]}",
                place=shown(url),
                next="check SUITE_HOME and SUITE_DATABASE, then: suite db status",
            ) from error
        if "not a database" in message or "malformed" in message:
            raise _damaged(url, message) from error
        raise
    except JSONDecodeError as error:  # SQLAlchemy reads JSON columns, and says so in the words of json
        raise _damaged(url, f"a value is no JSON: {error}") from error


def _damaged(url: str, message: str) -> SuiteError:
    return SuiteError(
        f"the store is damaged: {message}",
        place=shown(url),
        next=f"move the file away or restore a backup: mv {_file(url)} {_file(url)}.damaged",
    )


def _passes(url: str, error: DBAPIError) -> bool:
    """Tell whether the same statement may do in a moment: for a server, whatever is no fault of the statement."""
    if not isinstance(error.orig, sqlite3.Error):
        return isinstance(error, OperationalError) or error.connection_invalidated
    code = getattr(error.orig, "sqlite_errorcode", 0)  # an extended one: its low byte is the kind
    full = code & 0xFF == sqlite3.SQLITE_IOERR and _is_full(url)
    return code == sqlite3.SQLITE_READONLY_DBMOVED or (code & 0xFF in _PASSING and not full)


def _is_closed(url: str) -> bool:
    """Tell whether the folder of the store is there and nothing may be written into it, as SQLite has to."""
    folder = Path(_folder(url))
    return database_file(url) is not None and folder.is_dir() and not os.access(folder, os.W_OK)


def _is_full(url: str) -> bool:
    try:
        return shutil.disk_usage(_folder(url)).free < FULL
    except OSError:  # the folder is away too
        return False


def _cannot_write(url: str, message: str) -> SuiteError:
    return SuiteError(
        f"the store cannot be written: {message}",
        place=shown(url),
        next=f"make it writable (chmod u+w {_folder(url)} {_file(url)}), or choose another: export SUITE_HOME=<folder>",
    )


def shown(url: str) -> str:
    """Return the URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _file(url: str) -> str:
    return str(database_file(url) or shown(url))


def _folder(url: str) -> str:
    file = database_file(url)
    return str(file.parent if file else ".")
