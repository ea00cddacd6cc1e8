"""URLs of stores: which databases they may name, which file they mean, and how they are shown."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from suite.errors import SuiteError

BACK_ENDS = ("sqlite", "postgresql")
"""What has partial unique indexes, by which the database itself refuses a second claim, and is tested."""


def parsed(url: str) -> URL:
    """Return the parts of a URL, with the driver that is ours to choose: providers write ``postgres``.

    Raises:
        SuiteError: it is no URL, or of a database that cannot hold a store.
    """
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise unusable(str(error)) from error
    if parts.drivername in ("postgres", "postgresql"):
        parts = parts.set(drivername="postgresql+psycopg")
    back_end = parts.get_backend_name()
    if back_end not in BACK_ENDS:
        raise unusable(f"{back_end} cannot hold the claims on cells, SQLite and PostgreSQL can")
    return parts


def database_file(url: str) -> Path | None:
    """Return the file of an SQLite URL; None for other databases and for SQLite in memory."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise unusable(str(error)) from error
    if (
        parsed.get_backend_name() != "sqlite"
        or not parsed.database
        or parsed.database.startswith((":memory:", "file:"))
    ):
        return None
    return Path(parsed.database)


def shown(url: str) -> str:
    """Return the URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def unusable(why: str) -> SuiteError:
    """Return the error that a URL names no store."""
    return SuiteError(
        f"cannot use the URL of the store: {' '.join(why.split())}",
        place="SUITE_DATABASE",
        next="unset SUITE_DATABASE, or: pip install 'basin-suite[postgres]', "
        "export SUITE_DATABASE=postgresql+psycopg://USER@HOST/NAME",
    )
