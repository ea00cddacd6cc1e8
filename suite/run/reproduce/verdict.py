"""The verdict on a cell that was run again: every score beside the recorded one, and how much may lie between them.

Where nothing that may move a last digit has changed, scores on a CPU have to be equal, bit for bit. Where something
has, a score may differ by what follows; measured on every cell of the tour, see docs/reproducing.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from suite.contracts import Task
from suite.run.reproduce.surroundings import Changes, changes, excuses
from suite.store.rows import RunRow, ScoreRow

RELATIVE = 2e-3
"""Of an amount, as decibels or a distance: sums in another order. Measured with other kernels: 1.5e-3 at most."""

FLIPS, MOST = 2, 0.01
"""Of a share: so many of its n samples may fall on the other side of a threshold, and never more than a hundredth."""

SINGLE = 1e-6
"""Of any score: what networks in float32 leave."""

CLOCK = "s"
"""The unit of what a clock measures: no two runs agree in it, and it is not compared."""


@dataclass(frozen=True)
class Difference:
    """A score that is another one now; None where there is none."""

    metric: str
    subset: str
    recorded: float | None
    now: float | None
    allowed: float

    @property
    def size(self) -> float:
        """The distance; infinite where one of them is missing."""
        return abs(self.recorded - self.now) if self.recorded is not None and self.now is not None else float("inf")


@dataclass(frozen=True)
class Verdict:
    """What came of running a cell again.

    Attributes:
        verdict: one of `suite.store.schema.VERDICTS`.
        reason: the same in words, with what allows a difference.
        difference: the largest distance of any score; None where nothing could be compared.
        scores: every score that is not equal.
        changed: what differs in the surroundings.
        clocks: the metrics that a clock measures, which were not compared.
    """

    verdict: str
    reason: str
    difference: float | None = None
    scores: tuple[Difference, ...] = ()
    changed: Changes = field(default_factory=dict)
    clocks: tuple[str, ...] = ()


def compare(recorded: RunRow, again: RunRow, task: Task, tolerance: float | None = None) -> Verdict:
    """Return the verdict on a finished run; ``tolerance`` stands for the one that follows from what has changed."""
    changed = changes(recorded, again)
    causes = excuses(changed) or ([f"the device {again.device}"] if again.device not in (None, "cpu") else [])
    clocks = tuple(metric.name for metric in task.metrics if metric.unit == CLOCK)
    rows = [_compared(run.scores, clocks) for run in (recorded, again)]
    allowed = tolerance if tolerance is not None else None if causes else 0.0
    pairs = [_difference(key, rows[0].get(key), rows[1].get(key), allowed, task) for key in {**rows[0], **rows[1]}]
    if not pairs:
        return Verdict("cannot", "there is no score that can be compared", None, (), changed, clocks)
    unequal = tuple(sorted((each for each in pairs if each.size), key=lambda each: -each.size))
    if not unequal:
        return Verdict("equal", _counted(len(pairs)), 0.0, (), changed, clocks)
    beyond = [each for each in unequal if not each.size <= each.allowed]
    largest = unequal[0].size if unequal[0].size != float("inf") else None
    reason = f"{len(unequal)} of {_counted(len(pairs))}" + (
        f", by {largest:.3g} at most" if largest is not None else ""
    )
    if tolerance is not None:
        reason += f"; {tolerance:g} was allowed"
    elif causes:
        reason += f"; allowed, because of {_listed(causes)}"
    else:
        reason += "; nothing that may move a score has changed, so equal scores are asked for"
    if beyond:
        return Verdict("different", f"{reason}; {len(beyond)} beyond that", largest, unequal, changed, clocks)
    return Verdict("within tolerance", reason, largest, unequal, changed, clocks)


def _compared(scores: Sequence[ScoreRow], clocks: Sequence[str]) -> dict[tuple[str, str], ScoreRow]:
    return {(row.metric, row.subset): row for row in scores if row.metric not in clocks}


def _difference(
    key: tuple[str, str], old: ScoreRow | None, new: ScoreRow | None, allowed: float | None, task: Task
) -> Difference:
    if allowed is None and old is not None and new is not None:
        size, n = max(abs(old.value), abs(new.value)), max(1, min(old.n, new.n))
        share = task.metric(key[0]).unit == "fraction"
        allowed = max(SINGLE * size, min(FLIPS / n, MOST) if share else RELATIVE * size)
    return Difference(*key, old.value if old else None, new.value if new else None, allowed or 0.0)


def _counted(count: int) -> str:
    return f"{count} score" if count == 1 else f"{count} scores"


def _listed(causes: Sequence[str]) -> str:
    return ", ".join(causes[:4]) + (f" and {len(causes) - 4} more" if len(causes) > 4 else "")
