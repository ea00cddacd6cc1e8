"""OOD detection with a CIFAR-100 classifier, after OpenOOD v1.5."""

from __future__ import annotations

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.architecture import Architecture
from suite.models.reference import ReferenceModel
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

from ..data_sets import CIFAR10, CIFAR100_TEST, CIFAR100_TRAIN, TINY_IMAGENET
from .cifar10 import RECIPE, TRANSFORM
from .data_sets import CIFAR_FAR, cifar_splits


class CIFAR100Task(OODTask):
    """CIFAR-100 against two near and four far OOD sets, with one ResNet-20."""

    id = "ood/cifar100"
    version = "1"
    tier = "standard"
    title = "CIFAR-100"
    summary = (
        "After OpenOOD v1.5: near-OOD is CIFAR-10 and Tiny-ImageNet, far-OOD MNIST, SVHN, Textures and Places365, all "
        "at 32x32 RGB. The network is a ResNet-20 trained by recipe, 100 epochs (about 1.4 hours on two cores), where "
        "OpenOOD has a ResNet-18 and three seeds. ID validation is 1,000 random images of the test split, ID test the "
        "other 9,000; OOD validation is 20 of Tiny-ImageNet's 200 classes, OOD test the other 180. The same 20 are "
        "the auxiliary outliers of methods that train with such, so for those, tuning is optimistic. OpenOOD's own "
        "image lists were not at hand: Tiny-ImageNet is not filtered for classes that CIFAR-100 has, Textures is the "
        "hub's test split, Places365 the whole validation set. Scores are comparable with each other, not with "
        "OpenOOD's table."
    )
    seeds = (0,)
    near = ("cifar10", "tiny-imagenet")
    far = tuple(CIFAR_FAR)

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-100's two splits and the OOD sets, which may be missing."""
        return (CIFAR100_TRAIN, CIFAR100_TEST, CIFAR10, TINY_IMAGENET, *CIFAR_FAR.values())

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits, which are the same for every seed."""
        return cifar_splits(CIFAR100_TRAIN, CIFAR100_TEST, CIFAR10, resources)

    def model(self, seed: int) -> ReferenceModel:
        """Return the ResNet-20: 100 epochs of 51 s on two cores."""
        return ReferenceModel(
            name="resnet20-cifar100",
            architecture=Architecture("resnet-cifar", {"depth": 20, "classes": 100}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(CIFAR100_TRAIN),
            trained_on="the whole train split",
            data=CIFAR100_TRAIN,
        )
