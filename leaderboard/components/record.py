"""A run's record as rows of name and value."""

from __future__ import annotations

import json
import shlex
from typing import Any

from suite.store.rows import RunRow


def command(run: RunRow) -> str:
    """Return the command line that made the run, quoted for a shell."""
    return f"suite {shlex.join(run.command or [])}"


def provenance(run: RunRow) -> dict[str, str]:
    """Return what the run was made with; what was not recorded is left out."""
    made_with: dict[str, Any] = run.environment or {}
    lines: dict[str, str | None] = {
        "started": f"{run.started:%Y-%m-%d %H:%M:%S} UTC",
        "ended": f"{run.ended:%Y-%m-%d %H:%M:%S} UTC" if run.ended else None,
        "attempt": str(run.attempt),
        "device": run.device,
        "threads": None if run.threads is None else str(run.threads),
        "wall seconds": None if run.wall_seconds is None else f"{run.wall_seconds:.2f}",
        "CPU seconds": None if run.cpu_seconds is None else f"{run.cpu_seconds:.2f}",
        "peak memory": f"{run.peak_memory_bytes / 2**20:.0f} MiB" if run.peak_memory_bytes else None,
        **{name.replace("_", " "): f"{value:.4g}" for name, value in run.cost.items()},
        "missing data": ", ".join(run.missing) or None,
        **run.facts,
        **{name: _text(value) for name, value in made_with.items() if name != "packages"},
        "cell": run.cell.id,
        "protocol": run.cell.protocol,
    }
    return {name: value for name, value in lines.items() if value is not None}


def _text(value: Any) -> str | None:
    if value is None or value == {}:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
