"""Accuracy under a shift of the classes' frequencies: long-tailed training, and tests with other priors."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Cost, Resources, Setting
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.architecture import Architecture
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.repeated import RepeatedSamples
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

from ..data_sets import DIGITS
from .digits import IN, LEFT_OUT, TRANSFORM
from .digits import RECIPE as DIGITS_RECIPE

TRAIN, VALIDATION, TEST = 100, 20, 50
"""Images of the most frequent class in training and validation, and of every class where all are equally frequent."""
RECIPE = replace(DIGITS_RECIPE, epochs=50)
IMBALANCE = Axis(
    "imbalance",
    ("50", "100", "10", "1"),
    about="How many times as frequent the first class is as the last in training.",
)
Numbers = NDArray[np.int64]


class DigitsLongTailTask(GeneralizationTask):
    """Six digit classes, some of them rare in training, and all as frequent or the other way round in the tests."""

    id = "ood/digits-long-tail"
    version = "1"
    tier = "embedded"
    title = "Digits, long-tailed"
    summary = (
        "ID is the six classes of ood/digits. A seed draws an order of the classes; their numbers of training "
        "images fall by equal factors from 100 to 100 / `imbalance`, 50 times fewer by default, and at least one. "
        "Validation images fall alike from 20, and those of the clean test `id` from 50. In `csid/uniform` each "
        "class has 50 test images, and in `csid/inverted` the numbers of `id` in the opposite order. The three "
        "tests share images: they differ in the classes' frequencies alone, of which methods are not told. Groups "
        "are the classes, so that the worst group is the worst class. OOD is the four digits left out, all of "
        "their images. The network is that of ood/digits; its recipe has 50 epochs, since there are fewer images. "
        "The protocol is that of test-agnostic long-tailed recognition (Zhang et al. 2022) on small images."
    )
    gives = GeneralizationTask.gives | {"groups"}
    seeds = tuple(range(5))
    axes = (IMBALANCE,)
    cost = Cost(preparation=0.1, cell=0.6)
    samples: ClassVar[type[PredictedSamples]] = RepeatedSamples
    shifted = ("uniform", "inverted")
    near = ("left-out-digits",)

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits."""
        return (DIGITS,)

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the splits of a seed: of each class its first images train, the next validate, and others test."""
        rng, labels = np.random.default_rng([seed, 2]), DIGITS.open(resources).labels
        falling = float(setting[IMBALANCE.name]) ** -np.linspace(0, 1, len(IN))
        shares = np.empty(len(IN))
        shares[rng.permutation(len(IN))] = falling
        rows = [rng.permutation(np.flatnonzero(labels == digit)) for digit in IN]

        def part(start: int, most: int, shares: NDArray[np.float64]) -> Split:
            counts = np.maximum(1, np.rint(most * shares)).astype(int)
            chosen = [row[start : start + count] for row, count in zip(rows, counts, strict=True)]
            return Split(DIGITS, np.concatenate(chosen), np.repeat(np.arange(len(IN)), counts))

        start = TRAIN + VALIDATION
        inverted = shares.min() / shares
        test, tests = part(start, TEST, shares), {"uniform": np.ones(len(IN)), "inverted": inverted}
        shifted = {name: part(start, TEST, prior) for name, prior in tests.items()}
        train = part(0, TRAIN, shares)
        inside = {"id": test, **{f"csid/{name}": split for name, split in shifted.items()}}
        return GroupedSplits(
            train=train,
            validation=part(TRAIN, VALIDATION, shares),
            test=test,
            shifted=shifted,
            near={"left-out-digits": Split(DIGITS, np.flatnonzero(np.isin(labels, LEFT_OUT)))},
            far={},
            groups=train.labels,
            test_groups={name: split.targets(resources) for name, split in inside.items()},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the small network of ood/digits, trained by its recipe on the images of the default imbalance."""
        return ReferenceModel(
            name="small-cnn-digits-long-tail",
            architecture=Architecture("small-cnn", {"classes": len(IN)}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: self.splits(seed, resources, self.setting({})).train,
            trained_on=f"long-tailed images of {IN}, the seed's order of classes, version {self.version}",
            data=DIGITS,
        )
