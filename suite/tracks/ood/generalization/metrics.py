"""What is measured of a network on clean, shifted and OOD images; all follow from its logits alone."""

from __future__ import annotations

from suite.contracts import Metric
from suite.measures.probabilities import metrics_of

CLEAN, SHIFTED = "id", "shifted"
LEAST = 10
"""Images of a group: among fewer, being wrong once says little."""

ACCURACY = Metric(
    name="accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of images whose largest logit is their label's; on `shifted` the unweighted mean over the "
    "shifted sets.",
)
WORST = Metric(
    name="worst_group_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition=f"The accuracy in the group of images where it is least, of the groups with at least {LEAST} images; on "
    "`shifted` over the images of all shifted sets together.",
)
LOG, BRIER, CALIBRATION = metrics_of("On `shifted` it is the unweighted mean over the sets.")
ENERGY = Metric(
    name="auroc_energy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Probability that a random clean ID image has a larger logsumexp of its logits than a random OOD "
    "image, ties one half: what the detector `energy` makes of the method's network. Mean over the OOD sets.",
)
MSP = Metric(
    name="auroc_msp",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="As auroc_energy, of the largest softmax probability: the detector `msp` on the method's network.",
)
METRICS = (ACCURACY, WORST, LOG, BRIER, CALIBRATION, ENERGY, MSP)
DETECTION = (ENERGY.name, MSP.name)
