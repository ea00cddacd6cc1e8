"""Accuracy on corrupted CIFAR-10 images."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np

from suite.contracts import Axis, Column, Cost, Resources, Setting
from suite.data.corrupted import CORRUPTIONS, Corrupted
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.adapting import STREAM, AdaptingTask
from suite.tracks.ood.generalization.metrics import ACCURACY, BRIER, CALIBRATION, LOG, SHIFTED
from suite.tracks.ood.generalization.repeated import RepeatedSamples
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN, validation_and_test
from .cifar10 import CIFAR10Task

TEST_ROWS = 10_000
IMAGES = 2000  # 400 at each severity
NETWORK = Axis(
    "network-weights",
    ("as-given", "by-recipe"),
    gives={"by-recipe": frozenset({"labelled images"})},
    about="Whether methods adapt the given network, or train one of their own by its recipe: 100 epochs.",
)


class CIFAR10CorruptionsTask(AdaptingTask):
    """The network of ood/cifar10 on test images under 19 corruptions."""

    id = "ood/cifar10-corruptions"
    version = "1"
    tier = "standard"
    title = "CIFAR-10, corrupted"
    summary = (
        "2,000 of the 9,000 ID test images of ood/cifar10, as they are (`id`) and under each of the 19 common "
        "corruptions of Hendrycks & Dietterich 2019 (15 and 4 extra), 400 at each of the five severities, the same "
        "images for every corruption. By default methods adapt the given ResNet-20, which has batch norm; each set is "
        "a stream of unlabelled batches of 64 in random order, severities mixed. Under `network-weights=by-recipe` "
        "methods that train get the training images and the network's recipe instead, 100 epochs of 51 s on two "
        "cores. Ranked by the mean accuracy over the 19 corruptions; intervals take an image for one sample, with all "
        "its versions. The corruptions are imagecorruptions', whose strengths are ImageNet-C's and so stronger at "
        "32x32 than CIFAR-10-C's, with which most papers on test-time adaptation work, on other networks and on "
        "10,000 images a corruption, all of the largest severity: nothing here compares with their tables."
    )
    gives = frozenset({"test stream"})
    axes = (NETWORK, *STREAM)
    seeds = (0,)
    cost = Cost(preparation=60.0, cell=120.0)
    metrics = (ACCURACY, LOG, BRIER, CALIBRATION)
    primary = Column(metric=ACCURACY.name, subset=SHIFTED)
    samples: ClassVar[type[PredictedSamples]] = RepeatedSamples
    shifted = CORRUPTIONS

    def data(self) -> tuple[DataSet, ...]:
        """Return the two splits of CIFAR-10 and the corrupted sets."""
        return (*shifted_sets(), CIFAR10_TRAIN, CIFAR10_TEST)  # those first: they say if the extra is not installed

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the splits, which are the same for every seed."""
        validation, _ = validation_and_test(CIFAR10_TEST, resources)
        return GroupedSplits(
            train=Split(CIFAR10_TRAIN),
            validation=validation,
            test=Split(CIFAR10_TEST, np.array(shown())),
            shifted={data.name: Split(data) for data in shifted_sets()},
            near={},
            far={},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the ResNet-20 of ood/cifar10."""
        return CIFAR10Task().model(seed)


@lru_cache
def shown() -> tuple[int, ...]:
    """Return the rows that are shown, of the test: the last that `validation_and_test` permutes."""
    return tuple(int(row) for row in np.random.default_rng(0).permutation(TEST_ROWS)[-IMAGES:])


@lru_cache
def shifted_sets() -> tuple[DataSet, ...]:
    """Return the 19 sets, all of the same images."""
    return tuple(DataSet(name, Corrupted(CIFAR10_TEST.source, name, shown())) for name in CORRUPTIONS)
