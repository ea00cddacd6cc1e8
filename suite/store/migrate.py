"""Migrations: creating the schema, checking its revision, and upgrading it without losing a row."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy import Table as SQLTable

from suite.errors import SuiteError
from suite.files import write_atomic
from suite.store.complaints import translated
from suite.store.engine import writer_engine
from suite.store.schema import REVISION, VERSION_TABLE, metadata
from suite.store.seals import SINCE, seal_all
from suite.store.urls import database_file, shown

MIGRATIONS = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """Return the schema revision of a database, or None if it holds no store."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def check_revision(engine: Engine, url: str) -> None:
    """Raise `SuiteError` with the command that helps if this code cannot use the database's schema."""
    with translated(url):
        found = current_revision(engine)
    place = shown(url)
    if found is None:
        raise SuiteError("there is no store yet", place=place, next="suite run")
    if found > REVISION:
        raise _newer(found, place)
    if found < REVISION:
        raise SuiteError(
            f"the store has schema {found}. This version of basin-suite needs {REVISION}",
            place=place,
            next="suite db upgrade",
        )


def check_not_newer(url: str) -> None:
    """Raise `SuiteError` if the database was written by a newer version of the suite."""
    engine = writer_engine(url)
    with translated(url):
        found = current_revision(engine)
    if found is not None and found > REVISION:
        raise _newer(found, shown(url))


def _newer(found: str, place: str) -> SuiteError:
    return SuiteError(
        f"the store has schema {found}. This version of basin-suite knows only {REVISION} and older ones",
        place=place,
        next="pip install --upgrade basin-suite",
    )


def create_if_missing(engine: Engine, url: str) -> None:
    """Create the schema in an empty database, once, however many processes try."""
    with translated(url):
        if current_revision(engine) is None:
            upgrade(url)  # which does nothing where another process was first


def upgrade(url: str) -> Path | None:
    """Bring the schema to `REVISION`; return the backup that was made first, if there was anything to back up.

    Foreign keys are off in this engine: Alembic rebuilds SQLite tables by drop and rename, and with foreign keys on a
    drop deletes the children. Row counts and foreign keys are compared before the change is committed. One process does
    it at a time; those behind it find nothing to do. Runs of before there were seals are sealed as they are found.

    Raises:
        SuiteError: the upgrade would have lost rows; nothing was changed.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    engine = writer_engine(url, foreign_keys=False)
    with translated(url), _alone(url):
        backup, found = _back_up(engine, url), current_revision(engine)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":  # one process at a time; freed with the transaction
                connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(VERSION_TABLE))))
            _drop_leftovers(connection)
            before = _row_counts(connection)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise SuiteError(
                    f"this version of basin-suite cannot upgrade the store: {error}",
                    place=shown(url),
                    next="pip install --upgrade basin-suite",
                ) from error
            if (found or "") < SINCE:
                seal_all(connection)
            after = _row_counts(connection)
            lost = {name: count for name, count in before.items() if after.get(name, 0) < count}
            if lost or (
                engine.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            ):
                connection.rollback()
                raise SuiteError(
                    f"the upgrade would lose rows of {', '.join(lost) or 'linked tables'}. Nothing was changed",
                    place=shown(url),
                    next=f"report this with a copy of {backup}",
                )
    engine.dispose()
    return backup


def _alone(url: str) -> AbstractContextManager[object]:
    """Keep other processes from upgrading an SQLite store; PostgreSQL has a lock of its own for that."""
    from filelock import FileLock

    file = database_file(url)
    return nullcontext() if file is None else FileLock(f"{file}.lock")


def _back_up(engine: Engine, url: str) -> Path | None:
    file = database_file(url)
    if file is None or not file.exists() or current_revision(engine) in (None, REVISION):
        return None
    for torn in file.parent.glob(f".{file.stem}-*.db.*"):  # of an upgrade that was killed; nobody else is at one now
        torn.unlink()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    backup = file.with_name(f"{file.stem}-{current_revision(engine)}-{stamp}.db")
    connection = engine.raw_connection()  # the engine's own would open a transaction, in which SQLite cannot do this
    try:
        write_atomic(backup, lambda torn: connection.cursor().execute("VACUUM INTO ?", (str(torn),)))
    finally:
        connection.close()
    return backup


def _drop_leftovers(connection: Connection) -> None:
    """Remove the temporary tables of an upgrade that was interrupted."""
    for name in inspect(connection).get_table_names():
        if name.startswith("_alembic_tmp_"):
            connection.execute(text(f'DROP TABLE "{name}"'))


def _row_counts(connection: Connection) -> dict[str, int]:
    present = set(inspect(connection).get_table_names())
    tables: dict[str, SQLTable] = {name: table for name, table in metadata.tables.items() if name in present}
    counts: dict[str, Any] = {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables.items()
    }
    return counts
