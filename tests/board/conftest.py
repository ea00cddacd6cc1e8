"""A store that is filled by hand, and the board built from it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from suite.board.artifact import build_board
from suite.board.model import Row, Table
from suite.contracts import Task
from suite.hashing import digest
from suite.registry import Registry, load_registry
from suite.settings import load_settings
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult, ScoreRow
from suite.store.writing import Writer

PLUGIN = Path(__file__).parent.parent / "assets" / "demo_plugin.py"


@cache
def demo() -> Registry:
    """Return the registry with the demo plugin, which no test changes."""
    return load_registry((PLUGIN,))


class Store:
    """A store that is filled by hand, as runs of demo/plain unless said otherwise."""

    def __init__(self, folder: Path) -> None:
        self.settings = load_settings(home=folder)
        self.registry = demo()
        self.writer = Writer(self.settings.database_url)
        self.samples: dict[str, pa.Table] = {}

    def run(self, method: str, seed: int, near: float | None, **about: Any) -> str:
        """Record a run; ``near`` None is a failure.

        ``about`` changes task, setting, parameters, protocol, source, task_source, version, partial, facts, samples,
        scores.
        """
        parameters, setting = about.get("parameters", {}), about.get("setting", {})
        protocol, task = about.get("protocol", "p" * 64), about.get("task", "demo/plain")
        identity = {"t": task, "m": method, "s": seed, "p": parameters, "c": protocol, "a": setting}
        identity |= {"method_source": about.get("source"), "task_source": about.get("task_source")}
        cell = CellRow(
            id=digest(identity),
            identity=json.dumps(identity),
            protocol=protocol,
            task=task,
            task_version="1",
            method=f"demo/{method}",
            method_version=about.get("version", "1"),
            setting=setting,
            parameters=parameters,
            seed=seed,
        )
        run = self.writer.claim(cell, ["run"])
        assert run is not None
        if near is None:
            self.writer.end(run, RunResult(state=about.get("state", "failed"), error="no"))
        else:
            partial = about.get("partial", False)
            scores = about.get("scores", {("accuracy", "test" if task == "demo/varied" else "near"): near})
            result = RunResult(
                state="done",
                scores=tuple(
                    ScoreRow(metric, "1", subset, value, 1, partial, about.get("interval"))
                    for (metric, subset), value in scores.items()
                ),
                missing=("near/left-out",) if partial else (),
                cost={"fit_seconds": 2.0},
                facts={"model": f"m{seed}", **about.get("facts", {})},
                samples=about.get("samples"),
            )
            self.writer.end(run, result)
        return run

    def age(self) -> None:
        """Let all runs be an hour older."""
        with self.writer._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE run SET started = datetime(started, '-1 hour')")

    def tables(self) -> list[Table]:
        reader = Reader(self.settings.database_url)
        try:
            return list(build_board(reader, self.registry, self.samples.get).tables)
        finally:
            reader.close()

    def rows(self) -> dict[str, Row]:
        (table,) = self.tables()
        return {row.label: row for row in table.rows}

    def task(self, name: str) -> type[Task]:
        return self.registry.tasks[name]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def place(row: Row) -> int | None:
    """Return the place of a row, None if it takes none."""
    return row.rank and row.rank.place


def span(row: Row) -> tuple[int, int, int] | None:
    """Return the place of a row and the interval of places."""
    return row.rank and (row.rank.place, row.rank.best, row.rank.worst)


def fill(store: Store, method: str, values: list[float], **about: Any) -> None:
    for seed, value in enumerate(values):
        store.run(method, seed, value, **about)
