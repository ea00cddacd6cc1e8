"""The metrics of detection."""

from __future__ import annotations

from suite.contracts import Metric

CAPTIONS, COPIES, WITHIN = "captions", "copies", "within captions"
SUBSETS = (CAPTIONS, COPIES, WITHIN)
"""Samples of special captions against those of ordinary ones; copies against other samples of special captions; the
same within each caption, averaged over those that have both."""
FALSE = 0.01


def share(name: str, direction: str, definition: str) -> Metric:
    """Return a metric that is a fraction, from 0 to 1."""
    return Metric.model_validate(
        {"name": name, "direction": direction, "bounds": (0, 1), "unit": "fraction", "definition": definition}
    )


AUROC = share("auroc", "higher", "Chance that a suspicious sample scores higher than another; ties count half.")
FOUND = share(
    "found_at_1",
    "higher",
    "Share of suspicious samples that score higher than all but 1 % of the others: TPR at 1 % FPR.",
)
SECONDS = Metric(
    name="seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock seconds of scoring all samples.",
)
GUIDED_METRICS = (AUROC, FOUND, SECONDS)
