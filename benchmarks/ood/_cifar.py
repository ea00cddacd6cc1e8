"""What the CIFAR tasks share: OpenOOD's far-OOD sets, and Tiny-ImageNet in two parts."""

from __future__ import annotations

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.split import Split

from ..data_sets import MNIST, PLACES365, SVHN, TEXTURES, TINY_IMAGENET

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
