"""Data sets that several tasks share, those of the hub pinned to a commit.

Training and test sets are required, OOD sets are optional. A set that is both has two names: `CIFAR10_TEST`, and the
optional `CIFAR10`.
"""

from __future__ import annotations

import numpy as np

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.hub import Hub
from suite.data.split import Split

DIGITS = DataSet("digits", Embedded("digits"))

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

_IMAGENET = ("ILSVRC/imagenet-1k", "49e2ee26f3810fb5a7536bbf732a7b07389a47b5")

IMAGENET_TRAIN = DataSet("imagenet-train", _hub("train", *_IMAGENET))
IMAGENET_VALIDATION = DataSet("imagenet-validation", _hub("validation", *_IMAGENET))
"""ImageNet's own test split has no labels; this is what everybody tests on."""

VALIDATION = 1000


def validation_and_test(data: DataSet, resources: Resources, count: int = VALIDATION) -> tuple[Split, Split]:
    """Return ``count`` random rows of a test split and all its other rows; the same ones whatever the seed."""
    rows = np.random.default_rng(0).permutation(len(data.open(resources)))
    return Split(data, np.sort(rows[:count])), Split(data, np.sort(rows[count:]))
