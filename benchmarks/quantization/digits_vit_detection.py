"""What quantization leaves of OOD detection, on digits: six classes learned, four look-alikes left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from suite.contracts import Cost, Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split
from suite.models.reference import ReferenceModel
from suite.tracks.quantization.detection.protocol import KeptDetectionTask
from suite.tracks.quantization.spec import calibration_axis, precision_axis

from ..data_sets import DIGITS
from .digits_vit import ARCHITECTURE, RECIPE, TRANSFORM

LEFT_OUT = (4, 5, 6, 9)
IN = tuple(digit for digit in range(10) if digit not in LEFT_OUT)
TRAIN, VALIDATION = 500, 180
PATCHES = DataSet("photograph-patches", Embedded("photograph-patches"))
NOISE = DataSet("uniform-noise", Embedded("uniform-noise"))


def partition(resources: Resources) -> tuple[Split, Split, Split]:
    """Return (train, validation, test) of the six classes, the same for every seed, labels renumbered 0..5."""
    labels = DIGITS.open(resources).labels
    rows = np.random.default_rng(0).permutation(np.flatnonzero(np.isin(labels, IN)))
    renumbered = np.searchsorted(IN, labels)
    parts = np.split(rows, [TRAIN, TRAIN + VALIDATION])
    train, validation, test = (Split(DIGITS, np.sort(part), renumbered[np.sort(part)]) for part in parts)
    return train, validation, test


class DigitsViTDetectionTask(KeptDetectionTask):
    """The ViT of ``quantization/digits-vit``, trained on six of the ten digits."""

    id = "quantization/digits-vit-detection"
    version = "1"
    tier = "embedded"
    title = "Digits, small ViT: what is left of detection"
    summary = (
        "The network of quantization/digits-vit, trained by its recipe on 500 images of six digits (0, 1, 2, 3, 7, "
        "8). Near-OOD is the four left out, far-OOD grey patches of photographs and uniform noise, as in ood/digits. "
        "Energy and k-nearest-neighbour scores (k = 10 of the 500 training images) are those of the quantized network "
        "itself. Ranked by what is kept of the near AUROC above chance, mean of both detectors. The test is 393 "
        "images; five seeds draw calibration images, and the network is one: intervals over samples say more than "
        "those over seeds."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=4.0, cell=1.5)
    axes = (
        precision_axis("W32A4", "W4A32", "W32A3", "W3A32"),
        calibration_axis(32, 500, pattern="[1-9][0-9]?|[1-4][0-9]{2}|500"),
    )
    near = ("left-out-digits",)
    far = ("photograph-patches", "uniform-noise")
    neighbours = 10
    classes = len(IN)

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits, the patches and the noise."""
        return (DIGITS, PATCHES, NOISE)

    def training(self, resources: Resources) -> Split:
        """Return the 500 training images."""
        return partition(resources)[0]

    bank = training

    def validation(self, resources: Resources) -> Split:
        """Return the 180 validation images."""
        return partition(resources)[1]

    def test(self, resources: Resources) -> Split:
        """Return the test images of the six classes."""
        return partition(resources)[2]

    def outside(self, resources: Resources) -> dict[str, Split]:
        """Return the digits that were left out, the patches and the noise."""
        left_out = np.flatnonzero(np.isin(DIGITS.open(resources).labels, LEFT_OUT))
        return {
            "near/left-out-digits": Split(DIGITS, left_out),
            "far/photograph-patches": Split(PATCHES),
            "far/uniform-noise": Split(NOISE),
        }

    def model(self) -> ReferenceModel:
        """Return the ViT; training takes some ten seconds."""
        return ReferenceModel(
            name="vit-six-digits",
            architecture=replace(ARCHITECTURE, arguments={**ARCHITECTURE.arguments, "num_classes": len(IN)}),
            transform=TRANSFORM,
            seed=0,
            recipe=RECIPE,
            training=lambda resources: partition(resources)[0],
            trained_on=f"{TRAIN} images of {IN}, version 1",
            data=DIGITS,
        )
