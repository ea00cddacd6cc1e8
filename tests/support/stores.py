"""Stores to test with: SQLite always, PostgreSQL where ``SUITE_TEST_POSTGRES`` names a server (``.ci/postgres``)."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from suite.store import migrate
from suite.store.engine import writer_engine
from suite.store.seals import seal
from suite.store.urls import database_file

SCRIPT = Path(__file__).parent.parent.parent / ".ci" / "postgres"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """URL of an SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'suite.db'}"


@pytest.fixture
def postgresql(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of an empty PostgreSQL database of its own; SUITE_TEST_POSTGRES is the URL of one that may create others."""
    monkeypatch.setattr("suite.store.opening.LEASE_SECONDS", 0)  # leases run out on a server that has just started, too
    server = os.environ.get("SUITE_TEST_POSTGRES")
    if not server:
        pytest.skip('SUITE_TEST_POSTGRES is not set: eval "$(.ci/postgres start)"')
    name = f"suite_test_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of either kind; the second is of the slow stage."""
    return str(request.getfixturevalue(request.param))


class Blank:
    """Makes the SQLite stores that are missing as copies of an empty one: their migrations take 0.1 s."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def create_if_missing(self, engine: Engine, url: str) -> None:
        """Stand in for `suite.store.migrate.create_if_missing`, which says what is wrong if nothing can be copied."""
        file = database_file(url)
        if file is not None and not file.exists():
            with suppress(OSError):
                self._copy(file)
        migrate.create_if_missing(engine, url)

    def _copy(self, file: Path) -> None:
        if not self._file.exists():
            blank = f"sqlite:///{self._file}"
            engine = writer_engine(blank)
            migrate.create_if_missing(engine, blank)
            engine.dispose()
        draft = file.with_name(f"{secrets.token_hex(6)}.draft")
        shutil.copyfile(self._file, draft)
        try:
            file.hardlink_to(draft)  # refused if another thread was first
        finally:
            draft.unlink()


def seal_again(file: Path) -> None:
    """Seal every run of an SQLite store as it is now, as whoever forges a result would."""
    engine = writer_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        seal(connection, list(connection.scalars(text("SELECT id FROM run WHERE ended IS NOT NULL"))))
    engine.dispose()


class Server:
    """A PostgreSQL server that the test may start again."""

    def __init__(self) -> None:
        told = subprocess.run([SCRIPT, "start"], env=_no_home(), capture_output=True, text=True, check=False)
        if told.returncode:
            pytest.skip(told.stderr.strip())
        self._environment = dict(re.findall(r"^export (\w+)='(.*)'$", told.stdout, re.MULTILINE))
        self.url = self._environment["SUITE_TEST_POSTGRES"]

    def control(self, *arguments: str) -> None:
        """Call the script, which stops the server as a crash would."""
        subprocess.run([SCRIPT, *arguments], env={**_no_home(), **self._environment}, capture_output=True, check=True)


def _no_home() -> dict[str, str]:
    """Return the environment without what marks the processes of a test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SUITE_")}


@pytest.fixture
def postgres_server() -> Iterator[Server]:
    """A server of its own, which no other test uses."""
    server = Server()
    yield server
    server.control("stop")
