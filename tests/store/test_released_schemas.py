"""A small store of every schema that was ever released is kept, upgraded, and read.

To add one when the schema changes: fill a store with the version before, and write ``iterdump()`` of it to
``tests/assets/stores/<revision>.sql``.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from suite.store.migrate import upgrade
from suite.store.reading import Reader
from suite.store.schema import REVISION
from suite.store.writing import Writer

STORES = sorted((Path(__file__).parent.parent / "assets" / "stores").glob("*.sql"))


def test_there_is_a_store_of_every_schema() -> None:
    assert [path.stem for path in STORES] == [f"{number:04}" for number in range(1, int(REVISION) + 1)]


def row_counts(file: Path) -> dict[str, int]:
    connection = sqlite3.connect(file)
    tables = ("cell", "run", "score", "environment")
    counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    connection.close()
    return counts


@pytest.mark.parametrize("dump", STORES, ids=lambda path: path.stem)
def test_an_old_store_is_upgraded_and_read(dump: Path, tmp_path: Path) -> None:
    file = tmp_path / "suite.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    url = f"sqlite:///{file}"
    before = row_counts(file)
    backup = upgrade(url)
    assert row_counts(file) == before
    assert (backup is None) == (dump.stem == REVISION)
    reader = Reader(url)
    reader.check_seals([run.id for run in reader.latest_runs()])
    states = {run.cell.seed: reader.run(run.id) for run in reader.latest_runs()}
    assert {seed: run.state for seed, run in states.items()} == {0: "done", 1: "failed"}
    done, failed = states[0], states[1]
    assert (done.cell.setting, failed.cell.setting) == ({}, {} if dump.stem < "0003" else {"size": "large"})
    assert (done.attempt, done.cell.method, done.cell.parameters) == (2, "fast/constant", {"value": 0.5})
    assert [(score.metric, score.subset, score.value, score.n) for score in done.scores] == [
        ("accuracy", "all", 0.5, 10),
        ("accuracy", "half", 0.25, 5),
    ]
    assert done.environment == {"python": "3.11.7", "suite": {"version": "0.1.0"}}
    assert (done.cost, done.facts, done.missing) == ({"fit_seconds": 0.5}, {"fact": "stated"}, ["far"])
    assert failed.error == "RuntimeError: the method broke"
    assert failed.traceback.startswith("Traceback")
    assert not failed.scores


@pytest.mark.parametrize("dump", STORES, ids=lambda path: path.stem)
def test_an_upgraded_store_can_be_written(dump: Path, tmp_path: Path) -> None:
    file = tmp_path / "suite.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    url = f"sqlite:///{file}"
    upgrade(url)
    done, failed = sorted(Reader(url).latest_runs(), key=lambda run: run.cell.seed)
    writer = Writer(url)
    assert writer.claim(done.cell, []) is None
    assert writer.claim(failed.cell, []) is not None
