"""Pages of a store's file: SQLite can tell that one is not as it has to be."""

from __future__ import annotations

from suite.store.complaints import damaged, translated
from suite.store.engine import reader_engine
from suite.store.urls import database_file


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
        raise damaged(url, str(found).splitlines()[0])
