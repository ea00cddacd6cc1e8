"""One small cell and one good ending, for tests in which several processes need the same ones."""

from __future__ import annotations

from suite.hashing import canonical_json, digest
from suite.store.rows import CellRow, RunResult, ScoreRow


def cell(seed: int) -> CellRow:
    """Return a cell."""
    document = {"seed": seed, "metrics": ["accuracy@1"]}
    return CellRow(
        id=digest(document),
        identity=canonical_json(document),
        protocol="p" * 64,
        task="fast/count",
        task_version="1",
        method="fast/constant",
        method_version="1",
        setting={},
        parameters={"value": 0.5},
        seed=seed,
    )


def done(value: float = 0.5) -> RunResult:
    """Return a good ending with one score."""
    score = ScoreRow("accuracy", "1", "all", value, 10, False)
    return RunResult(state="done", environment={"python": "3"}, facts={"fact": "stated"}, scores=(score,))
