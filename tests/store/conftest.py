"""What every test of the store needs beside the stores of `tests.support.stores`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from suite.store.engine import writer_engine
from suite.store.rows import CellRow, RunResult

sys.path.insert(0, str(Path(__file__).parent))  # processes that tests start import from here
import sample_rows


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
