"""Opening the store to write: it is made if there is none, and its schema is checked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Engine, func, text

from suite.store.engine import writer_engine
from suite.store.migrate import check_revision, create_if_missing


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
