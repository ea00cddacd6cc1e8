"""The metrics of detection on quantized networks."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.quantization.metrics import ACCURACY, AUDIT, DROP, IMAGES, SECONDS

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
LOG_SCORE = Metric(
    name="log_score",
    direction="lower",
    bounds=(0, None),
    unit="nats",
    definition="Mean of minus the logarithm of the probability of the true class; a proper score.",
)
BRIER = Metric(
    name="brier_score",
    direction="lower",
    bounds=(0, 2),
    unit="score",
    definition="Mean of the summed squared differences of the probabilities from the true class's 1 and 0 (Brier "
    "1950); a proper score.",
)
CALIBRATION = Metric(
    name="calibration_error",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Root of the squared difference of confidence and accuracy in 15 bins of equally many test images, "
    "minus what chance adds to it (Kumar, Liang and Ma 2019); not a proper score.",
)
METRICS = (KEPT, LEAD, AUROC, ACCURACY, DROP, CALIBRATION, LOG_SCORE, BRIER, *AUDIT, SECONDS, IMAGES)
