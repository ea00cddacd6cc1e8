"""A store that is filled by hand, and the board built from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from suite.board.build import build_board
from suite.board.model import Row, Table
from suite.hashing import digest
from suite.registry import load_registry
from suite.settings import load_settings
from suite.store.reading import Reader
from suite.store.rows import CellRow, Ending, ScoreRow
from suite.store.writing import Writer

REGISTRY = load_registry()


class Store:
    """A store that is filled by hand, as runs of ood/digits."""

    def __init__(self, folder: Path) -> None:
        self.settings = load_settings(home=folder)
        self.writer = Writer(self.settings.database_url)
        self.samples: dict[str, pa.Table] = {}

    def run(self, method: str, seed: int, near: float | None, **about: Any) -> str:
        """Record a run; ``near`` None is a failure. ``about`` changes parameters, protocol, source, partial, facts."""
        parameters = about.get("parameters", {})
        protocol = about.get("protocol", "p" * 64)
        identity = {"m": method, "s": seed, "p": parameters, "c": protocol, "method_source": about.get("source")}
        cell = CellRow(
            id=digest(identity),
            identity=json.dumps(identity),
            protocol=protocol,
            task="ood/digits",
            task_version="1",
            method=f"ood/{method}",
            method_version=about.get("version", "1"),
            parameters=parameters,
            seed=seed,
        )
        run = self.writer.claim(cell, ["run"])
        assert run is not None
        if near is None:
            self.writer.end(run, Ending(state=about.get("state", "failed"), error="no"))
        else:
            partial = about.get("partial", False)
            score = ScoreRow("auroc", "1", "near", near, 1, partial, about.get("interval"))
            missing = ("near/left-out-digits",) if partial else ()
            facts = {"model": f"m{seed}", **about.get("facts", {})}
            ending = Ending(state="done", scores=(score,), missing=missing, cost={"fit_seconds": 2.0}, facts=facts)
            self.writer.end(run, ending)
        return run

    def tables(self) -> list[Table]:
        reader = Reader(self.settings.database_url)
        try:
            return list(build_board(reader, REGISTRY, self.samples.get).tables)
        finally:
            reader.close()

    def rows(self) -> dict[str, Row]:
        (table,) = self.tables()
        return {row.label: row for row in table.rows}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def fill(store: Store, method: str, values: list[float], **about: Any) -> None:
    for seed, value in enumerate(values):
        store.run(method, seed, value, **about)
