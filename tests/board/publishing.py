"""Submissions with results, made by hand for the demo track."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from suite.hashing import canonical_json, file_digest, text_digest
from suite.settings import Settings
from suite.store.results.writing import write_results
from suite.store.rows import CellRow, RunResult, RunRow, ScoreRow
from suite.store.submission.history import append, next_event
from suite.store.submission.reading import read_history
from suite.store.writing import Writer

ENVIRONMENT = {"python": "3.11", "machine": {"cpu": "Abacus 9", "cores": 4}, "packages": {}}
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5)


def cell(method: str, seed: int, source: str | None = None, version: str = "1") -> CellRow:
    """Return a cell of demo/plain whose identity is as the suite makes them."""
    identity = {
        "schema": 1,
        "task": "demo/plain",
        "task_version": "1",
        "metrics": ["accuracy@1"],
        "ingredients": {},
        "method": f"demo/{method}",
        "method_version": version,
        "method_source": source,
        "parameters": {},
        "seed": seed,
    }
    text = canonical_json(identity)
    return CellRow(text_digest(text), text, "a" * 64, "demo/plain", "1", f"demo/{method}", version, {}, {}, seed)


def run_of(of: CellRow, value: float, **about: Any) -> RunRow:
    """Return a finished run of a cell, an hour younger with each seed."""
    ended = LONG_AGO + timedelta(hours=of.seed)
    values: dict[str, Any] = dict.fromkeys(RunRow.__dataclass_fields__)
    values |= {"id": text_digest(f"{of.id} {value}")[:16], "attempt": 1, "state": "done", "owner": "", "cell": of}
    values |= {"started": ended, "ended": ended, "cost": {}, "facts": {}, "missing": [], "ingredients": {}}
    values |= {"environment": ENVIRONMENT, "scores": (ScoreRow("accuracy", "1", "near", value, 10, False),)}
    return RunRow(**{**values, **about})


def record(writer: Writer, of: CellRow, value: float) -> str:
    """Record a finished run of one's own."""
    run = writer.claim(of, ["run"])
    assert run is not None
    writer.end(run, RunResult("done", scores=(ScoreRow("accuracy", "1", "near", value, 10, False),)))
    return run


def publish(base: Path, name: str, runs: list[RunRow], by: str = "Ada") -> Path:
    """Write a submission with these results, and return its folder."""
    folder = base / name
    shutil.rmtree(folder, ignore_errors=True)
    write_results(runs, Settings(home=base / "nobody"), folder / "results", version="0.1.0", by=by)
    (folder / "submission.yaml").write_text(
        f"results:\n  manifest: {file_digest(folder / 'results' / 'manifest.json')}\n"
    )
    tell(folder, "submitted", by)
    return folder


def tell(folder: Path, state: str, by: str = "Grace", reason: str = "") -> None:
    """Add a row to a submission's history."""
    append(
        folder, [next_event(read_history(folder), state, by, file_digest(folder / "submission.yaml"), reason=reason)]
    )
