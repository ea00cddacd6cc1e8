"""Opening the store to write: it is made if there is none, and its schema is checked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Engine, and_, func, text

from suite.store.engine import writer_engine
from suite.store.migrate import check_revision, create_if_missing

LEASE_SECONDS = 60
"""For how long a claim holds without being renewed."""


def open_to_write(url: str) -> Engine:
    """Return an engine on a store of this code's schema.

    Raises:
        SuiteError: the database cannot be opened, or its schema is of another version.
    """
    engine = writer_engine(url)
    create_if_missing(engine, url)
    check_revision(engine, url)
    return engine


def now() -> ColumnElement[Any]:
    """Return the database's clock: the clocks of several hosts need not agree."""
    return func.current_timestamp(type_=DateTime)


def in_seconds(engine: Engine, seconds: int) -> ColumnElement[Any]:
    """Return the database's clock plus some seconds."""
    if engine.dialect.name == "sqlite":
        return func.datetime("now", f"+{seconds} seconds", type_=DateTime)
    return func.current_timestamp() + text(f"interval '{seconds} seconds'")


def has_run_out(engine: Engine, lease: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether a lease has run out by the database's clock.

    None has while the server has run for less than a lease: whoever could not renew his while it was down does so now.
    """
    if engine.dialect.name == "sqlite":
        return lease < now()
    since_start = func.current_timestamp() - func.pg_postmaster_start_time()
    return and_(lease < now(), since_start > text(f"interval '{LEASE_SECONDS} seconds'"))
