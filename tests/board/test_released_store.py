"""A store that the released schema 0002 made in a bare run, upgraded: its board shows the numbers that it showed.

``0002-bare-run.sql.gz`` has every embedded task of then with three or four methods and all seeds, 139 cells;
``0002-bare-run-board.json.gz`` what the version of then computed of it. Both are trimmed: no machine, no command.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from suite.board.artifact import build_board
from suite.board.model import Table
from suite.registry import load_registry
from suite.store.migrate import upgrade
from suite.store.reading import Reader

STORES = Path(__file__).parent.parent / "assets" / "stores"
OLD: list[dict[str, Any]] = json.loads(gzip.decompress((STORES / "0002-bare-run-board.json.gz").read_bytes()))
GONE = {("quantization/digits-vit", "peak_memory")}
"""Metrics that a task has no longer."""


def counts(file: Path) -> dict[str, int]:
    connection = sqlite3.connect(file)
    tables = ("cell", "run", "score", "environment")
    found = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    connection.close()
    return found


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """The tables of the upgraded store, by task."""
    file = tmp_path_factory.mktemp("released") / "suite.db"
    connection = sqlite3.connect(file)
    connection.executescript(gzip.decompress((STORES / "0002-bare-run.sql.gz").read_bytes()).decode())
    connection.close()
    before = counts(file)
    assert upgrade(f"sqlite:///{file}") is not None  # a backup
    assert counts(file) == before == {"cell": 139, "run": 139, "score": 5023, "environment": 1}
    reader, registry = Reader(f"sqlite:///{file}"), load_registry()
    with pytest.MonkeyPatch.context() as then:
        for old in OLD:  # some tasks have got more seeds since, of which no run of then is complete
            task = registry.tasks[old["task"]]
            then.setattr(task, "seeds", task.seeds[:5])
        board = build_board(reader, registry, lambda run: None)
    reader.close()
    assert len({table.task for table in board.tables}) == len(board.tables) == len(OLD)
    return {table.task: table for table in board.tables}


@pytest.mark.parametrize("old", OLD, ids=lambda old: old["task"])
def test_an_upgraded_store_shows_the_same_numbers(tables: dict[str, Table], old: dict[str, Any]) -> None:
    rows = {row.name: row for row in tables[old["task"]].rows}
    assert rows.keys() == {row["name"] for row in old["rows"]}
    for before in old["rows"]:
        row = rows[before["name"]]
        values = {(v.metric, v.subset): [v.mean, v.low, v.high, v.basis, v.n] for v in row.values}
        kept = [value for value in before["values"] if (old["task"], value[0]) not in GONE]
        assert values == {(metric, subset): rest for metric, subset, *rest in kept}


@pytest.mark.parametrize("old", OLD, ids=lambda old: old["task"])
def test_an_upgraded_store_shows_the_same_places(tables: dict[str, Table], old: dict[str, Any]) -> None:
    ranks = {row.name: row.rank for row in tables[old["task"]].rows}
    assert {name: rank and rank.place for name, rank in ranks.items()} == {
        row["name"]: row["place"] for row in old["rows"]
    }
    for row in old["rows"]:  # today's comparisons tell more, and never place a method where those of then did not
        rank = ranks[row["name"]]
        if rank is not None:
            assert row["best"] <= rank.best <= rank.place <= rank.worst <= row["worst"]
