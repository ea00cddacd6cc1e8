"""The metrics of mitigation where copies are told by SSCD and alignment by CLIP, each named by its checkpoint."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.memorization.metrics import BACKWARD, EVALUATIONS, FIRST_NORM, FREE, NOISE_NORM, PLAIN, POINTS, SWEEP
from suite.tracks.memorization.prompted.prompts import KINDS

COPY = 0.7


def subset(kind: str, part: str) -> str:
    """Return what a part of the sweep, or an anchor, is called for prompts of a kind."""
    return f"{kind}, {part}"


SUBSETS = tuple(subset(kind, part) for kind in KINDS for part in (SWEEP, *POINTS, PLAIN, FREE))


def _metric(name: str, direction: str, unit: str, definition: str, low: float, high: float) -> Metric:
    return Metric.model_validate(
        {"name": name, "direction": direction, "bounds": (low, high), "unit": unit, "definition": definition}
    )


FRONTIER = _metric(
    "frontier_score",
    "higher",
    "score",
    "Twice the area under the upper envelope of the sweep's points and both anchors, less one. x: the part of the SSCD "
    "that plain guidance adds to no guidance and that is gone; y: the part of the CLIP cosine that it adds and that is "
    "kept; both in 0 to 1. Plain guidance (0, 1) and none (1, 0) alone give 0. No gate: nothing tells fidelity here.",
    0,
    1,
)
SSCD = _metric(
    "sscd_disc_mixup",
    "lower",
    "cosine",
    "Mean over samples of the largest cosine between SSCD embeddings of the sample and of the prompt's images; "
    "checkpoint sscd_disc_mixup, 320 x 320.",
    -1,
    1,
)
ABOVE = _metric(
    "sscd_above_70",
    "lower",
    "fraction",
    f"Share of samples whose SSCD (disc_mixup) with an image of the prompt is above {COPY}.",
    0,
    1,
)
ALIGNED = _metric(
    "clip_vit_b_32_laion2b",
    "higher",
    "cosine",
    "Mean cosine between CLIP embeddings of sample and prompt, not times 100; ViT-B-32, laion2b_s34b_b79k.",
    -1,
    1,
)
DIVERSITY = _metric(
    "diversity_sscd_disc_mixup",
    "higher",
    "distance",
    "One less the mean cosine between SSCD embeddings (disc_mixup) of the samples of one prompt.",
    0,
    2,
)
SECONDS = Metric(
    name="seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock seconds of planning and sampling, for a sample; without decoding and judging.",
)
METRICS = (
    *(FRONTIER, SSCD, ABOVE, ALIGNED, DIVERSITY),
    *(FIRST_NORM, NOISE_NORM, EVALUATIONS, BACKWARD, SECONDS),
)
