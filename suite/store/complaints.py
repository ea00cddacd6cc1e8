"""What databases complain of, in words that say what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

from suite.errors import SuiteError
from suite.store.urls import database_file, shown

FULL = 1_000_000
"""Bytes of free space with which a disk is as good as full: SQLite calls that an input or output error, too."""

_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)


class Unanswered(SuiteError):
    """The store is there and does not answer: somebody holds it, its server is down, or it is not what it should be."""


class Away(Unanswered):
    """It may answer soon: somebody holds it, its server is started again, or its disk is away."""


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn the database's complaints that a user can mend into a `SuiteError`; let all others through."""
    try:
        yield
    except DBAPIError as error:
        message = str(error.orig)
        if "unable to open" in message and _is_closed(url):
            raise cannot_write(url, "its folder is read-only") from error
        if _passes(url, error):
            raise Away(
                f"the store does not answer: {message.splitlines()[0]}",
                place=shown(url),
                next="check SUITE_HOME and SUITE_DATABASE, then: suite db status",
            ) from error
        if "readonly" in message or "read-only" in message:
            raise cannot_write(url, message) from error
        if "disk is full" in message or "disk I/O error" in message:
            raise SuiteError(
                f"cannot write the store: {message}. Finished cells are kept, and the next run records them",
                place=shown(url),
                next=f"free some space, then: suite run (df -h {_folder(url)} shows the space)",
            ) from error
        if any(word in message for word in ("not a database", "malformed", "Could not decode")):
            raise damaged(url, message) from error
        if isinstance(error, OperationalError) or "does not exist" in message:
            raise Unanswered(
                f"the store does not answer: {message.splitlines()[0]}",
                place=shown(url),
                next="check SUITE_HOME and SUITE_DATABASE, then: suite db status",
            ) from error
        raise
    except UnicodeDecodeError as error:  # SQLite quotes what is broken, and its driver takes that for text
        raise damaged(url, f"its schema cannot be read: {error}") from error
    except JSONDecodeError as error:  # SQLAlchemy reads JSON columns, and says so in the words of json
        raise damaged(url, f"a value is not JSON: {error}") from error


def damaged(url: str, message: str) -> SuiteError:
    """Return the error that a store holds what it should not."""
    return SuiteError(
        f"the store is damaged: {message}",
        place=shown(url),
        next=f"suite doctor; if it cannot read the store, restore a backup: mv {_file(url)} {_file(url)}.damaged",
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


def cannot_write(url: str, message: str) -> SuiteError:
    """Return the error that a store takes nothing."""
    return SuiteError(
        f"cannot write the store: {message}",
        place=shown(url),
        next=f"make it writable (chmod u+w {_folder(url)} {_file(url)}), or choose another: export SUITE_HOME=<folder>",
    )


def _file(url: str) -> str:
    return str(database_file(url) or shown(url))


def _folder(url: str) -> str:
    file = database_file(url)
    return str(file.parent if file else ".")
