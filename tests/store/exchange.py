"""Two stores and a file between them, and files that were changed on the way."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from suite.hashing import bytes_digest, canonical_json, digest
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult, RunRow, ScoreRow
from suite.store.samples import keep_samples
from suite.store.transfer.document import RunPart
from suite.store.transfer.export import ENVIRONMENTS, MANIFEST, RUNS, Exported, export_runs
from suite.store.transfer.merge import Merged, merge
from suite.store.writing import Writer

Members = dict[str, bytes]


def cell(seed: int, method: str = "fast/constant") -> CellRow:
    """Return a cell with an identity as the suite makes them."""
    identity = {
        "schema": 1,
        "task": "fast/count",
        "task_version": "1",
        "metrics": ["accuracy@1"],
        "setting": {"size": "large"},
        "ingredients": {"data/numbers": "a" * 64},
        "method": method,
        "method_version": "1",
        "method_source": None,
        "parameters": {"value": 0.5},
        "seed": seed,
    }
    text = canonical_json(identity)
    return CellRow(
        *(digest(identity), text, "b" * 64, "fast/count", "1", method, "1"),
        *({"size": "large", "hint": "none"}, {"value": 0.5, "beside": "ring"}, seed),
    )


class Shop:
    """A home with a store."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, database=None)

    def run(self, of: CellRow, value: float = 0.5, state: str = "done", samples: bool = True) -> str:
        """Record a run of a cell, with samples of its own."""
        writer = Writer(self.settings.database_url)
        run = writer.claim(of, ["run", "-s", str(of.seed)])
        assert run is not None
        if state == "running":
            return run
        kept = self._samples(value) if samples and state == "done" else None
        scores = (ScoreRow("accuracy", "1", "all", value, 10, False),) if state == "done" else ()
        about: dict[str, Any] = {
            "environment": {"python": "3", "packages": {"torch": "2"}},
            "device": "cpu",
            "threads": 1,
        }
        about |= {"wall_seconds": 0.1 + value, "ingredients": {"data/numbers": "a" * 64}, "facts": {"fact": "stated"}}
        error = None if state == "done" else "RuntimeError: broke"
        writer.end(run, RunResult(state, error=error, samples=kept, scores=scores, **about))
        writer.close()
        return run

    def runs(self) -> list[RunRow]:
        """Return the run that counts of each cell, in full."""
        reader = Reader(self.settings.database_url)
        try:
            return sorted((reader.run(row.id) for row in reader.latest_runs()), key=lambda row: row.cell.seed)
        finally:
            reader.close()

    def export(self, file: Path, **how: Any) -> Exported:
        """Write every run of the store into a file."""
        return export_runs(self.runs(), self.settings, file, version="0.1.0", **{"by": "Ada", **how})

    def merge(self, file: Path, wrong: str = "", clocks: Sequence[str] = ()) -> Merged:
        """Merge a file, with a judge that says this."""
        judge: Callable[[RunPart], tuple[str, frozenset[str]]] = lambda run: (wrong, frozenset(clocks))  # noqa: E731
        return merge(file, self.settings, judge)

    def files(self) -> set[str]:
        """Return every file of samples."""
        return {path.name for path in (self.settings.home / "samples").rglob("*.parquet")}

    def _samples(self, value: float) -> str:
        self.settings.home.mkdir(parents=True, exist_ok=True)
        file = self.settings.home / "new.parquet"
        pyarrow.parquet.write_table(pa.table({"answer": [value]}), file)
        try:
            return keep_samples(self.settings, file)
        finally:
            file.unlink()


def members(file: Path) -> Members:
    """Return what a file holds."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(file: Path, change: Callable[[Members], None], *, honest: bool = True) -> Path:
    """Change what a file holds; with ``honest`` the manifest's hashes of runs and environments are made to fit."""
    parts = members(file)
    change(parts)
    if honest and parts.get(MANIFEST, b"{") != b"{":
        manifest = json.loads(parts[MANIFEST])
        manifest |= {
            name.removesuffix(".jsonl"): bytes_digest(parts[name]) for name in (RUNS, ENVIRONMENTS) if name in parts
        }
        parts[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            packed = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, packed)
    return file


def changed_run(file: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change the record of the first run of a file; its cell's id and identity are made to fit again."""

    def edit(parts: Members) -> None:
        lines = parts[RUNS].decode().splitlines()
        record = json.loads(lines[0])
        change(record)
        parts[RUNS] = "\n".join([json.dumps(record), *lines[1:]]).encode()

    return rewritten(file, edit)
