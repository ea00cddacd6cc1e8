"""The schema that the migrations make, and the one that the code declares, are one."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, inspect, text

from suite.store.engine import writer_engine
from suite.store.migrate import MIGRATIONS, upgrade
from suite.store.schema import REVISION, VERSION_TABLE, metadata


def test_migrations_make_the_declared_schema(url: str) -> None:
    upgrade(url)
    engine = writer_engine(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": _differ, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _differ(
    _: object, __: object, column: Column, inspected: str | None, ___: object, declared: str | None
) -> bool | None:
    """Compare texts where the column is JSON: Alembic has PostgreSQL compare them, which has no ``=`` for it."""
    if not isinstance(column.type, JSON):
        return None
    return (inspected or "").removesuffix("::json").strip("'") != (declared or "").strip("'")


def test_migrations_make_what_create_all_makes(sqlite: str, tmp_path) -> None:
    """Statement by statement, which also compares checks, partial indexes and ON DELETE, as Alembic does not."""
    upgrade(sqlite)
    declared = writer_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(declared)
    migrated = writer_engine(sqlite)
    for table in metadata.tables:
        ours, theirs = inspect(migrated), inspect(declared)
        assert ours.get_check_constraints(table) == theirs.get_check_constraints(table)
        assert ours.get_foreign_keys(table) == theirs.get_foreign_keys(table)
        assert ours.get_unique_constraints(table) == theirs.get_unique_constraints(table)
        assert ours.get_pk_constraint(table) == theirs.get_pk_constraint(table)
    statement = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    with migrated.connect() as one, declared.connect() as other:
        indexes = [tuple(row) for row in one.execute(statement)]
        assert indexes == [tuple(row) for row in other.execute(statement)]
        assert "uq_run_cell_taken" in dict(indexes)
    migrated.dispose()
    declared.dispose()


def test_the_revision_is_the_single_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_version_table_is_not_alembics_default(url: str) -> None:
    upgrade(url)
    engine = writer_engine(url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert VERSION_TABLE in tables
    assert "alembic_version" not in tables


def test_another_tools_alembic_table_in_the_same_database_is_left_alone(url: str) -> None:
    engine = writer_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('v2.4.0.a')"))
    upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["v2.4.0.a"]
    engine.dispose()
