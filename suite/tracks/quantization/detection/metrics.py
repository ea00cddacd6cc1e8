"""The metrics of detection on quantized networks."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.quantization.metrics import ACCURACY, AUDIT, DROP, IMAGES, OF_PROBABILITIES, SECONDS

AUROC = Metric(
    name="auroc",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Probability that a random test image scores above a random OOD image, mean over OOD sets; ties count "
    "one half. Scores are those of a detector on the quantized network's own logits and features.",
)
KEPT = Metric(
    name="kept",
    direction="higher",
    unit="fraction",
    definition="What is above chance, as a share of what the FP32 network has above chance: (AUROC - 1/2) over its own "
    "(AUROC - 1/2), or for `accuracy` (accuracy - 1/C) over its own, C being the number of classes.",
)
LEAD = Metric(
    name="lead",
    direction="higher",
    unit="fraction",
    definition="What is kept of detection minus what is kept of accuracy: below 0 detection breaks first.",
)
METRICS = (KEPT, LEAD, AUROC, ACCURACY, DROP, *OF_PROBABILITIES, *AUDIT, SECONDS, IMAGES)
