"""Upgrades: a backup first, and no row lost, by a migration that rebuilds the parent of the scores."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.store import migrate
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult
from suite.store.schema import REVISION
from suite.store.writing import Writer

LATER = "9999"
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{newest}"


def upgrade() -> None:
    {body}
"""
REBUILD = """with op.batch_alter_table("run", recreate="always") as batch:
        batch.add_column(sa.Column("note", sa.Text))"""


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretend that a later version of the suite has one more migration."""

    def pretend(body: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / f"{LATER}_next.py").write_text(NEXT.format(body=body, next=LATER, newest=REVISION))
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)
        monkeypatch.setattr(migrate, "REVISION", LATER)

    return pretend


@pytest.fixture
def filled(sqlite: str, cell: Callable[[int], CellRow], done: Callable[..., RunResult]) -> str:
    """URL of a store with three finished runs."""
    writer = Writer(sqlite)
    for seed in range(3):
        writer.end(writer.claim(cell(seed), []), done(seed / 10))
    writer.close()
    return sqlite


def _backups(url: str) -> list[Path]:
    return sorted(Path(url.removeprefix("sqlite:///")).parent.glob(f"suite-{REVISION}-*.db"))


def test_an_upgrade_keeps_every_row_and_makes_a_backup(filled: str, next_schema: Callable[[str], None]) -> None:
    before = Reader(filled).latest_runs()
    next_schema(REBUILD)
    backup = migrate.upgrade(filled)
    reader = Reader(filled)
    assert reader.latest_runs() == before
    assert all(run.scores for run in before)
    assert [backup] == _backups(filled)
    with sqlite3.connect(filled.removeprefix("sqlite:///")) as connection:
        assert "note" in [row[1] for row in connection.execute("PRAGMA table_info(run)")]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with sqlite3.connect(backup) as connection:
        assert connection.execute("SELECT version_num FROM suite_alembic_version").fetchall() == [(REVISION,)]
        assert connection.execute("SELECT count(*) FROM score").fetchone() == (3,)


def test_an_upgrade_that_would_lose_rows_changes_nothing(filled: str, next_schema: Callable[[str], None]) -> None:
    before = Reader(filled).latest_runs()
    next_schema('op.execute("DELETE FROM score")')
    with pytest.raises(SuiteError, match="would lose rows of score"):
        migrate.upgrade(filled)
    with sqlite3.connect(filled.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT version_num FROM suite_alembic_version").fetchall() == [(REVISION,)]
        assert connection.execute("SELECT count(*) FROM score").fetchone() == (len(before),)
    assert len(_backups(filled)) == 1


def test_an_upgrade_that_unlinks_rows_changes_nothing(filled: str, next_schema: Callable[[str], None]) -> None:
    next_schema("op.execute(\"UPDATE run SET cell = 'nothing' WHERE cell = (SELECT min(id) FROM cell)\")")
    with pytest.raises(SuiteError, match="would lose rows of linked tables"):
        migrate.upgrade(filled)
    with sqlite3.connect(filled.removeprefix("sqlite:///")) as connection:
        joined = connection.execute("SELECT run.id FROM run JOIN cell ON run.cell = cell.id").fetchall()
    assert len(joined) == 3


def test_what_an_interrupted_upgrade_left_behind_is_removed(filled: str, next_schema: Callable[[str], None]) -> None:
    with sqlite3.connect(filled.removeprefix("sqlite:///")) as connection:
        connection.execute("CREATE TABLE _alembic_tmp_run (id TEXT)")
    next_schema(REBUILD)
    migrate.upgrade(filled)
    with sqlite3.connect(filled.removeprefix("sqlite:///")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    assert "_alembic_tmp_run" not in names


def test_a_store_that_is_up_to_date_is_left_as_it_is(filled: str) -> None:
    before = Reader(filled).latest_runs()
    assert migrate.upgrade(filled) is None
    assert _backups(filled) == []
    assert Reader(filled).latest_runs() == before


def test_upgrade_creates_a_store_where_there_is_none(url: str) -> None:
    assert migrate.upgrade(url) is None
    assert Reader(url).latest_runs() == []


def test_two_upgrades_at_once_are_one(filled: str, next_schema: Callable[[str], None]) -> None:
    before = Reader(filled).latest_runs()
    next_schema(REBUILD)
    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(migrate.upgrade, [filled] * 2))
    assert len([backup for backup in made if backup is not None]) == 1
    assert len(_backups(filled)) == 1
    assert Reader(filled).latest_runs() == before


def test_an_upgrade_that_failed_is_tried_again_within_the_second(filled: str, next_schema) -> None:
    next_schema('op.execute("DELETE FROM score")')
    for _ in range(2):
        with pytest.raises(SuiteError, match="would lose rows of score"):
            migrate.upgrade(filled)
    assert len(_backups(filled)) == 2


def test_a_backup_that_was_interrupted_is_none_and_goes_with_the_next(
    filled: str, next_schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_schema(REBUILD)
    folder = Path(filled.removeprefix("sqlite:///")).parent

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:  # as kill -9 before the last step: nobody cleans up
        patch.setattr(Path, "replace", killed)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(filled)
    assert _backups(filled) == []
    assert len(list(folder.glob(".suite-*"))) == 1
    migrate.upgrade(filled)
    assert len(_backups(filled)) == 1
    assert list(folder.glob(".suite-*")) == []
