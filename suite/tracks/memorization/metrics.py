"""The metrics of mitigation."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.memorization.contract import MOST_STRENGTHS
from suite.tracks.memorization.judge import RATIO

SWEEP, PLAIN, FREE, ORDINARY = "whole sweep", "plain guidance", "unconditional", "ordinary"
POINTS = tuple(f"point {number}" for number in range(1, MOST_STRENGTHS + 1))
SUBSETS = (SWEEP, *POINTS, PLAIN, FREE, ORDINARY)
"""The whole sweep; its points from weak to strong; plain guidance, no guidance, and plain guidance of others."""
MEMORIZED_THERE, ALIGNED_THERE = 0.2, 0.95
GATE = 1.1
"""A point counts if its samples are not farther from real images than this times what they are without guidance, and no
more often, times this, copies of other captions' duplicates: asking for another caption is no mitigation."""
FEW = 0.05
"""So many copies of others' duplicates a point may have in any case."""


def _metric(name: str, direction: str, unit: str, definition: str, low: float | None, high: float | None) -> Metric:
    return Metric.model_validate(
        {"name": name, "direction": direction, "bounds": (low, high), "unit": unit, "definition": definition}
    )


FRONTIER = _metric(
    "frontier_score",
    "higher",
    "score",
    "Twice the area under the upper envelope of the sweep's points and both anchors, less one. x: the part of plain "
    "guidance's memorization that is gone; y: the part of the alignment that guidance adds and that is kept; both in 0 "
    "to 1. Plain guidance (0, 1) and none (1, 0) alone give 0, no memorization at full alignment 1. Points whose "
    f"samples are farther from real images than {GATE} times those without guidance do not count, nor do those with "
    f"more than {GATE} times as many copies of other images, and more than {100 * FEW:.0f} %.",
    0,
    1,
)
ALIGNMENT_AT = _metric(
    "alignment_at_memorized_20",
    "higher",
    "fraction",
    f"The alignment on the envelope where the share memorized is {MEMORIZED_THERE:g}.",
    0,
    1,
)
MEMORIZED_AT = _metric(
    "memorized_at_alignment_95",
    "lower",
    "fraction",
    f"The share memorized on the envelope where the alignment is {ALIGNED_THERE:g}; none if it never is so high.",
    0,
    1,
)
COSINE_AT = _metric(
    "cosine_at_memorized_20",
    "lower",
    "cosine",
    f"The cosine to the duplicate on the envelope where the share memorized is {MEMORIZED_THERE:g}: copies in part, "
    "which the share does not count, show here.",
    -1,
    1,
)
IN_GATE = _metric("points_in_gate", "higher", "points", "How many points of the sweep count for its frontier.", 0, None)
MEMORIZED = _metric(
    "memorized",
    "lower",
    "fraction",
    "Share of samples that are copies: the nearest training image is the duplicate of the caption (any, for ordinary "
    f"captions), and nearer than {RATIO:.3f} of the distance to the second nearest. Training images count once each.",
    0,
    1,
)
OTHERS = _metric(
    "other_copies",
    "lower",
    "fraction",
    "Share of samples that are copies, likewise, of another training image than the caption's duplicate; of ordinary "
    "captions none are. Without guidance there are some: many training rows are duplicates.",
    0,
    1,
)
COSINE = _metric(
    "cosine",
    "lower",
    "cosine",
    "Mean cosine to the duplicate of the caption, both less the mean held-out image of the caption's signs.",
    -1,
    1,
)
ALIGNED = _metric("alignment", "higher", "fraction", "Share of samples all of whose signs are the caption's.", 0, 1)
MARGIN = _metric(
    "margin",
    "higher",
    "deviations",
    "Mean of score times sign in standard deviations, each clipped to -1 to 1. Real images have 0.6: more is "
    "exaggeration. Not to rank by.",
    -1,
    1,
)
DIVERSITY = _metric("diversity", "higher", "distance", "Mean distance between samples of one caption.", 0, None)
REAL = _metric("real_distance", "lower", "distance", "Mean distance of samples to the nearest held-out image.", 0, None)
FRECHET = _metric(
    "frechet_distance",
    "lower",
    "distance",
    "Fréchet distance between samples and held-out images, weighted to the same mix of signs, on 32 features of a "
    "perceptron that was trained on the held-out images. Plain guidance's is high because it memorizes: no gate.",
    0,
    None,
)
FIRST_NORM = _metric(
    "guidance_norm", "lower", "norm", "Mean |e| at the first step, of the noise that was used.", 0, None
)
NOISE_NORM = _metric(
    "noise_norm",
    "lower",
    "norm",
    "Mean norm of the initial noise over the square root of its size: 1 for Gaussian noise. Longer noise alone lowers "
    "memorization.",
    0,
    None,
)
ESCAPED = _metric(
    "escape_point",
    "lower",
    "point",
    "Mean number of the first point of the sweep at which a sample that plain guidance memorizes is no copy; one more "
    "than there are points, where it always is one.",
    1,
    None,
)
EVALUATIONS = _metric(
    "network_evaluations",
    "lower",
    "evaluations",
    "Evaluations of the network for a sample, in planning and in sampling.",
    0,
    None,
)
BACKWARD = _metric("backward_passes", "lower", "passes", "Backward passes through the network for a sample.", 0, None)
SECONDS = _metric("seconds", "lower", "s", "Wall-clock seconds of planning and sampling all samples.", 0, None)
METRICS = (
    *(FRONTIER, ALIGNMENT_AT, MEMORIZED_AT, COSINE_AT, IN_GATE, ESCAPED),
    *(MEMORIZED, OTHERS, ALIGNED, COSINE, MARGIN, DIVERSITY, REAL, FRECHET, FIRST_NORM, NOISE_NORM),
    *(EVALUATIONS, BACKWARD, SECONDS),
)
