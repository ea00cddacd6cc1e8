"""OOD detection with a CIFAR-100 classifier, after OpenOOD v1.5."""

from __future__ import annotations

from ..data_sets import CIFAR10, CIFAR100_TEST, CIFAR100_TRAIN
from .cifar10 import SPLITS, CIFAR10Task


class CIFAR100Task(CIFAR10Task):
    """CIFAR-100 against two near and four far OOD sets, with one ResNet-20."""

    id = "ood/cifar100"
    version = "1"
    title = "CIFAR-100"
    summary = (
        "After OpenOOD v1.5: near-OOD is CIFAR-10 and Tiny-ImageNet, far-OOD MNIST, SVHN, Textures and Places365, all "
        "at 32x32 RGB. The network is a ResNet-20 trained by recipe, 100 epochs (about 1.4 hours on two cores), where "
        f"OpenOOD has a ResNet-18 and three seeds. {SPLITS}"
    )
    near = ("cifar10", "tiny-imagenet")
    inside = (CIFAR100_TRAIN, CIFAR100_TEST)
    other = CIFAR10
    classes = 100
    weights = None
