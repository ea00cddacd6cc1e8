"""Accuracy on digits along a dial: turned, blurred or noisy, a little further at each step."""

from __future__ import annotations

import numpy as np

from suite.contracts import Axis, Cost, Resources, Setting
from suite.data.dataset import DataSet
from suite.data.severity import SHIFTS, shifted
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.adapting import STREAM
from suite.tracks.ood.generalization.severity import SeverityTask
from suite.tracks.ood.generalization.splits import GroupedSplits

from ..data_sets import DIGITS

DIAL = Axis("shift-by", tuple(SHIFTS), about="What the dial does to the images.")
TRAIN, VALIDATION = 600, 500
TOP = 16
TRANSFORM = Transform(size=8, channels=3, scale=float(TOP))
RECIPE = Recipe(epochs=20, batch_size=64, learning_rate=3e-3, weight_decay=1e-2, optimiser="adamw")


class DigitsSeverityTask(SeverityTask):
    """All ten digits, upright in training, and shifted along one dial at a time in the test."""

    id = "ood/digits-severity"
    version = "1"
    tier = "embedded"
    title = "Digits along a dial"
    summary = (
        "ID is scikit-learn's ten digits at 8x8: 600 images for training, 500 for validation, 697 for the test, drawn "
        "anew for each seed. The test images are shown as they are (`id`) and at ten severities of one shift, the "
        "same images each time: turned by up to 60 degrees, blurred by a Gaussian of up to 1.5 pixels (its variance "
        "is proportional to the severity), or with Gaussian noise of up to 16, the whole range of a pixel. The "
        "largest were chosen on validation images of two seeds, so that the network as it is falls under one half "
        "near the middle of the dial. Methods that train get the training images as they are; those that adapt get "
        "the ResNet-8 with batch norm that the recipe makes of them, and each severity as a stream of unlabelled "
        "batches, of 64 and in random order unless the setting says otherwise. Ranked by the mean accuracy over the "
        "ten severities; `failure_point` is where it falls under one half. Tuning sees validation images at the "
        "severities between those of the test. The severities share their images, so their scores are not "
        "independent. After CNS-Bench (continuous nuisance shifts), whose shifts are made by diffusion models; the "
        "dial here is the suite's own."
    )
    seeds = tuple(range(5))
    axes = (DIAL, *STREAM)
    cost = Cost(preparation=1.0, cell=2.5)
    severities = tuple(round(0.1 * step, 1) for step in range(1, 11))
    development = tuple(round(0.1 * step + 0.05, 2) for step in range(10))

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits, of which everything is made."""
        return (DIGITS,)

    def parts(self, seed: int, resources: Resources) -> tuple[Split, Split, Split]:
        """Return (train, validation, test), drawn anew for each seed."""
        rows = np.random.default_rng(seed).permutation(len(DIGITS.open(resources)))
        train, validation, test = (Split(DIGITS, part) for part in np.split(rows, [TRAIN, TRAIN + VALIDATION]))
        return train, validation, test

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the partition, with the test images at each severity."""
        train, validation, test = self.parts(seed, resources)
        levels = zip(self.shifted, self.severities, strict=True)
        shown = {name: self.at(test, severity, setting) for name, severity in levels}
        return GroupedSplits(train=train, validation=validation, test=test, shifted=shown, near={}, far={})

    def at(self, split: Split, severity: float, setting: Setting) -> Split:
        """Return the images shifted by the setting's dial."""
        return shifted(split, setting[DIAL.name], severity, TOP)

    def model(self, seed: int) -> ReferenceModel:
        """Return the seed's ResNet-8; training takes about two seconds."""
        return ReferenceModel(
            name="resnet8-digits",
            architecture=Architecture("resnet-cifar", {"depth": 8, "classes": 10}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: self.parts(seed, resources)[0],
            trained_on=f"{TRAIN} images of all digits, the seed's partition, version {self.version}",
            data=DIGITS,
        )
