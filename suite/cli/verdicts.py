"""Verdicts on runs that were made again, for the terminal and as plain data."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from suite.cli.output import counted, echo

if TYPE_CHECKING:
    from suite.run.reproduce.verdict import Verdict
    from suite.store.rows import RunRow

SHOWN = 5


def print_verdict(run: RunRow, verdict: Verdict) -> None:
    """Print the verdict on a run, with the scores that differ most."""
    from suite.text import clean

    echo(f"{verdict.verdict}: {clean(run.cell.title)} (run {run.id[:8]}): {clean(verdict.reason)}")
    for each in verdict.scores[:SHOWN]:
        echo(f"  {clean(each.metric)} {clean(each.subset)}: recorded {each.recorded}, now {each.now}")
    if len(verdict.scores) > SHOWN:
        echo(f"  and {len(verdict.scores) - SHOWN} more; --format json lists them")
    if verdict.clocks:
        echo(f"  not compared, since a clock measures it: {', '.join(map(clean, verdict.clocks))}")


def print_surroundings(verdicts: Sequence[tuple[RunRow, Verdict]]) -> None:
    """Print what differs in the surroundings, once for all runs in which it is the same."""
    from suite.text import clean

    counts = Counter(json.dumps(verdict.changed) for _, verdict in verdicts if verdict.changed)
    for text, count in counts.items():
        changed: dict[str, list[str]] = json.loads(text)
        packages = [name for name in changed if name.startswith("package ")]
        echo(f"in the surroundings of {counted(count, 'run')}:")
        for name, (recorded, now) in changed.items():
            if name not in packages or len(packages) <= SHOWN:
                echo(f"  {clean(name)}: recorded {clean(recorded)}, now {clean(now)}")
        if len(packages) > SHOWN:
            echo(f"  {len(packages)} packages differ; --format json lists them")


def document_of(run: RunRow, verdict: Verdict) -> dict[str, Any]:
    """Return a run and the verdict on it as plain data."""
    cell = run.cell
    about = {"run": run.id, "cell": cell.id, "task": cell.task, "setting": cell.setting, "method": cell.method}
    document = {**about, "parameters": cell.parameters, "seed": cell.seed, **dataclasses.asdict(verdict)}
    document["scores"] = [dataclasses.asdict(each) for each in verdict.scores]
    return document
