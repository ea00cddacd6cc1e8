"""CIFAR-10 by a scale-invariant ConvNet: the small-budget version of the authors' set-up."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from typing_extensions import override

from suite.contracts import Resources
from suite.contracts.task import Tier
from suite.data.split import Split
from suite.data.transform import Transform
from suite.tracks.learning_rate.images import ImagesTask
from suite.tracks.learning_rate.metrics import OF_CLASSIFIERS
from suite.tracks.learning_rate.network import ConvNet, SphereNetwork

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN
from ._protocol import PROTOCOL

VALIDATION = 5000
EPOCH = 45000 // 128
DATA = "CIFAR-10 without augmentation: 45,000 images to train, 5,000 for validation, the test split."


class CIFAR10SITask(ImagesTask):
    """A ConvNet-SI of four layers, for a hundred epochs."""

    id = "learning-rate/cifar10-si"
    version = "1"
    tier: ClassVar[Tier] = "standard"
    title = "CIFAR-10, ConvNet-SI"
    summary = (
        f"{DATA} A ConvNet of four convolutions (32 to 256 channels) with batch norm on the sphere of norm 28. "
        f"{PROTOCOL} 9 rates from 1e-5 to 0.1, 100 epochs of batches of 128."
    )
    metrics = OF_CLASSIFIERS
    seeds = (0, 1, 2)
    rates = tuple(10 ** (place / 2) for place in range(-10, -1))
    updates = 100 * EPOCH
    batch = 128
    fine = (1e-5, 1e-4, 5e-4)
    transform = Transform(size=32, mean=(0.4914, 0.4822, 0.4465), std=(0.2023, 0.1994, 0.2010))
    network: ClassVar[SphereNetwork] = ConvNet(channels=3, width=32, depth=4, classes=10)
    bands = ((0, 0), (1, 8), (9, 24), (25, 32))
    data = (CIFAR10_TRAIN, CIFAR10_TEST)

    @override
    def parts(self, resources: Resources) -> tuple[Split, Split, Split]:
        rows = np.random.default_rng(0).permutation(50000)
        held, kept = np.sort(rows[:VALIDATION]), np.sort(rows[VALIDATION:])
        return Split(CIFAR10_TRAIN, kept), Split(CIFAR10_TRAIN, held), Split(CIFAR10_TEST)
