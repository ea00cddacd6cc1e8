"""Findings on scores: whether they are those of their samples, which they follow from."""

from __future__ import annotations

from collections.abc import Iterator

from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.audit import SAMPLES_DAMAGED, contradictions
from suite.settings import Settings
from suite.store.health import Health
from suite.upkeep.finding import Finding

PART = "scores"
SHOWN = 5


def look(registry: Registry, settings: Settings, health: Health | None) -> Iterator[Finding]:
    """Yield what there is to say of finished runs that contradict themselves, beside what ``health`` says of them."""
    if health is None:
        return
    told = {*health.bare, *health.altered}
    try:
        odd = [
            (run, why)
            for run, why in contradictions(settings, registry)
            if run.cell.id not in health.renamed and run.id not in told and not why.startswith(SAMPLES_DAMAGED)
        ]
    except SuiteError as error:
        yield Finding(PART, "wrong", f"{error.cause} ({error.place})", error.next)
        return
    for run, why in odd[:SHOWN]:
        again = f"suite forget {run.id[:12]} --yes; then suite run"
        yield Finding(PART, "wrong", f"run {run.id[:12]} ({run.cell.title}) contradicts itself: {why}", again)
    if odd[SHOWN:]:
        yield Finding(PART, "wrong", f"{len(odd) - SHOWN} more runs contradict themselves", "the same for each")
    if not odd:
        yield Finding(PART, "fine", "equal to those computed again from stored samples")
