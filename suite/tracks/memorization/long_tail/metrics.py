"""The metrics of mitigation with a long tail: groups of captions beside the special ones."""

from __future__ import annotations

from typing import Literal

from suite.contracts import Metric
from suite.tracks.memorization.metrics import FRECHET, FREE, MEMORIZED_THERE, METRICS, PLAIN, POINTS, SUBSETS

RARE, FREQUENT = "rare", "frequent"
GROUPS = (RARE, FREQUENT)
"""Ordinary captions whose images the denoiser saw a few of, and those of which it saw many."""


def part(group: str, subset: str) -> str:
    """Return the subset of a group's samples at a point of the sweep or at an anchor."""
    return f"{group}, {subset}"


def _metric(name: str, direction: Literal["higher", "lower"], low: float, definition: str) -> Metric:
    return Metric(
        name=name, direction=direction, bounds=(low, 1.0), unit="score" if "score" in name else "fraction",
        definition=definition,
    )  # fmt: skip


WORST = _metric(
    "worst_group_score",
    "higher",
    0,
    "As frontier_score, with y the least part of the alignment by guidance that one of three groups keeps: special "
    "captions, frequent ordinary ones, rare ordinary ones. It is never above frontier_score.",
)
COSTS = {
    group: _metric(
        f"{group}_cost_at_memorized_20",
        "lower",
        -1,
        f"How much alignment {group} ordinary captions lose against plain guidance where {MEMORIZED_THERE:g} of the "
        "samples of special captions are memorized, on the envelope of frontier_score.",
    )
    for group in GROUPS
}
TAIL_METRICS = (WORST, *COSTS.values(), *(metric for metric in METRICS if metric is not FRECHET))
TAIL_SUBSETS = (*SUBSETS, *(part(group, subset) for group in GROUPS for subset in (PLAIN, *POINTS, FREE)))
