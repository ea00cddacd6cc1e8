"""Hub data sets that several OOD tasks share, each pinned to a commit, and how they are split.

Data sets that only serve as OOD may be missing; those that a network is trained or tested on may not.
"""

from __future__ import annotations

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.data.split import Split
from suite.tracks.ood.splits import Splits

_CIFAR10 = ("uoft-cs/cifar10", "0b2714987fa478483af9968de7c934580d0bb9a2", "plain_text", "img")
_CIFAR100 = ("uoft-cs/cifar100", "aadb3af77e9048adbea6b47c21a81e47dd092ae5", "cifar100", "img", "fine_label")
_MNIST = ("ylecun/mnist", "77f3279092a1c1579b2250db8eafed0ad422088c", "mnist")


def _hub(split: str, repository: str, revision: str, *rest: str) -> Hub:
    return Hub(repository, split, revision, *rest)


CIFAR10_TRAIN = DataSet("cifar10-train", _hub("train", *_CIFAR10))
CIFAR10_TEST = DataSet("cifar10-test", _hub("test", *_CIFAR10))
CIFAR10 = DataSet("cifar10", CIFAR10_TEST.source, optional=True)

CIFAR100_TRAIN = DataSet("cifar100-train", _hub("train", *_CIFAR100))
CIFAR100_TEST = DataSet("cifar100-test", _hub("test", *_CIFAR100))
CIFAR100 = DataSet("cifar100", CIFAR100_TEST.source, optional=True)

MNIST_TRAIN = DataSet("mnist-train", _hub("train", *_MNIST))
MNIST_TEST = DataSet("mnist-test", _hub("test", *_MNIST))
MNIST = DataSet("mnist", MNIST_TEST.source, optional=True)

KMNIST = DataSet(
    "kmnist", Hub("tanganke/kmnist", "test", "6b345bef535b98131f1d945d552906452d19b2f9", "kmnist"), optional=True
)
NOTMNIST = DataSet(
    "notmnist", Hub("anubhavmaity/notMNIST", "test", "6005f6f79105fc278fed17589585bd8468b45abe"), optional=True
)
TINY_IMAGENET = DataSet(
    "tiny-imagenet", Hub("zh-plus/tiny-imagenet", "valid", "5a77092c28e51558c5586e9c5eb71a7e17a5e43f"), optional=True
)
SVHN = DataSet(
    "svhn",
    Hub("ufldl-stanford/svhn", "test", "f9e1717d73324ebbc1ece84267ccd80d0aca0690", "cropped_digits"),
    optional=True,
)
TEXTURES = DataSet("textures", Hub("tanganke/dtd", "test", "d2afa97d9f335b1a6b3b09c637aef667f98f966e"), optional=True)
PLACES365 = DataSet(
    "places365",
    Hub("dpdl-benchmark/Places365-Validation", "train", "f11b9b3c7ddd678ba92fd6862296b0d42c8723bb"),
    optional=True,
)

CIFAR_FAR = {"mnist": MNIST, "svhn": SVHN, "textures": TEXTURES, "places365": PLACES365}
"""OpenOOD's far-OOD sets of both CIFARs."""

VALIDATION = 1000
TINY_IMAGENET_CLASSES = 200
VALIDATION_CLASSES = 20  # the last of Tiny-ImageNet's 200


def validation_and_test(data: DataSet, resources: Resources, count: int = VALIDATION) -> tuple[Split, Split]:
    """Return ``count`` random rows of a test split and all its other rows; the same ones whatever the seed."""
    rows = np.random.default_rng(0).permutation(len(data.open(resources)))
    return Split(data, np.sort(rows[:count])), Split(data, np.sort(rows[count:]))


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
