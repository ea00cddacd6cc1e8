"""scikit-learn's digits by a scale-invariant ConvNet: no download."""

from __future__ import annotations

import numpy as np
from typing_extensions import override

from suite import Cost
from suite.contracts import Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.tracks.learning_rate.images import ImagesTask
from suite.tracks.learning_rate.metrics import OF_CLASSIFIERS
from suite.tracks.learning_rate.network import ConvNet

from ..data_sets import DIGITS
from ._protocol import PROTOCOL

TRAIN, VALIDATION = 700, 400


class DigitsSITask(ImagesTask):
    """A ConvNet-SI of three layers on digits."""

    id = "learning-rate/digits-si"
    version = "1"
    tier = "embedded"
    title = "Digits, ConvNet-SI"
    summary = (
        "scikit-learn's 1,797 digits, 8x8: 700 to train, 400 for validation, 697 to test. A ConvNet of three "
        f"convolutions (8, 16, 32 channels) with batch norm on the sphere of norm 28. {PROTOCOL} 7 rates "
        "from 1e-3 to 0.1, 600 updates of 16 images."
    )
    metrics = OF_CLASSIFIERS
    seeds = (0, 1, 2)
    cost = Cost(preparation=12.0, cell=3.0)
    rates = tuple(10 ** (place / 3) for place in range(-9, -2))
    updates = 600
    batch = 16
    fine = (3e-4, 1e-3, 3e-3)
    transform = Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,))
    network = ConvNet(channels=1, width=8, depth=3, classes=10)
    bands = ((0, 0), (1, 2), (3, 4), (5, 8))
    data = (DIGITS,)

    @override
    def parts(self, resources: Resources) -> tuple[Split, Split, Split]:
        rows = np.random.default_rng(0).permutation(1797)
        ends = np.split(rows, (TRAIN, TRAIN + VALIDATION))
        train, validation, test = (Split(DIGITS, np.sort(part)) for part in ends)
        return train, validation, test
