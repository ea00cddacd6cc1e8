"""The metrics of detection on mixtures."""

from __future__ import annotations

from suite.tracks.memorization.detection.metrics import AUROC, SECONDS, share

SAMPLES = "mixture samples"
KEPT = 0.96
"""The share of samples in support that a filter keeps at least, as published."""

REMOVED = share(
    "removed_at_96",
    "higher",
    "Share of the samples out of support that a filter removes which keeps 96 % of those in support.",
)
BEFORE = share("out_of_support", "lower", "Share of samples out of support, before any filter; the same for all.")
AFTER = share(
    "out_of_support_filtered",
    "lower",
    "Share of samples out of support among those that the filter leaves which keeps 96 % of those in support.",
)
SUPPORT_METRICS = (REMOVED, AUROC, AFTER, BEFORE, SECONDS)
