"""How the hub data sets of several OOD tasks are split.

Data sets that only serve as OOD may be missing; those that a network is trained or tested on may not.
"""

from __future__ import annotations

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.tracks.ood.splits import Splits

from ..data_sets import MNIST, PLACES365, SVHN, TEXTURES, TINY_IMAGENET, validation_and_test

CIFAR_FAR = {"mnist": MNIST, "svhn": SVHN, "textures": TEXTURES, "places365": PLACES365}
"""OpenOOD's far-OOD sets of both CIFARs."""

TINY_IMAGENET_CLASSES = 200
VALIDATION_CLASSES = 20  # the last of Tiny-ImageNet's 200


def tiny_imagenet(resources: Resources) -> tuple[dict[str, Split], Split]:
    """Return the validation splits and the test split of Tiny-ImageNet, disjoint in classes."""
    try:
        labels = TINY_IMAGENET.open(resources).labels
    except Missing:  # it may be missing, as every OOD set
        return {}, Split(TINY_IMAGENET)
    held_out = labels >= TINY_IMAGENET_CLASSES - VALIDATION_CLASSES
    validation, test = (Split(TINY_IMAGENET, np.flatnonzero(mask)) for mask in (held_out, ~held_out))
    return {"tiny-imagenet": validation}, test


def cifar_splits(train: DataSet, test: DataSet, other: DataSet, resources: Resources) -> Splits:
    """Return the splits of a CIFAR after OpenOOD v1.5, the same for every seed; ``other`` is the other CIFAR."""
    validation, rest = validation_and_test(test, resources)
    validation_ood, near = tiny_imagenet(resources)
    return Splits(
        train=Split(train),
        validation=validation,
        test=rest,
        near={other.name: Split(other), TINY_IMAGENET.name: near},
        far={name: Split(data) for name, data in CIFAR_FAR.items()},
        validation_ood=validation_ood,
        outliers=validation_ood,
    )
