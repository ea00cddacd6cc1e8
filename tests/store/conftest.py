"""Stores to test with: SQLite always, PostgreSQL where ``SUITE_TEST_POSTGRES`` names a server."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from suite.store.engine import writer_engine
from suite.store.rows import CellRow, RunResult

sys.path.insert(0, str(Path(__file__).parent))  # processes that tests start import from here
import sample_rows


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """URL of an SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'suite.db'}"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """URL of an empty PostgreSQL database of its own; SUITE_TEST_POSTGRES is the URL of one that may create others."""
    server = os.environ.get("SUITE_TEST_POSTGRES")
    if not server:
        pytest.skip("SUITE_TEST_POSTGRES is not set: postgresql+psycopg://user@host:port/database")
    name = f"suite_test_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of either kind."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def execute(url: str) -> Callable[..., list[Any]]:
    """Run a statement on the store behind its back; return the rows."""

    def run(statement: str, **values: Any) -> list[Any]:
        engine = writer_engine(url)
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            rows = list(result) if result.returns_rows else []
        engine.dispose()
        return rows

    return run


@pytest.fixture
def cell() -> Callable[[int], CellRow]:
    """Makes the cell of a seed."""
    return sample_rows.cell


@pytest.fixture
def done() -> Callable[..., RunResult]:
    """Makes a good ending."""
    return sample_rows.done
