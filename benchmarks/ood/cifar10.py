"""OOD detection with a CIFAR-10 classifier, after OpenOOD v1.5."""

from __future__ import annotations

from typing import ClassVar

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import GivenWeights, ReferenceModel
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN, CIFAR100, TINY_IMAGENET, validation_and_test
from ._cifar import CIFAR_FAR, tiny_imagenet

TRANSFORM = Transform(size=32, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
RECIPE = Recipe(epochs=100, batch_size=128, learning_rate=0.1, weight_decay=5e-4, crop_padding=4, flip=True)
WEIGHTS = GivenWeights(
    "resnet20-cifar10.safetensors", "0d813ff7eb7a68910e06b92428a01d664b30f1f5f1d0f5ed0a943fc1cab2f4c2"
)


SPLITS = (
    "ID validation is 1,000 random images of the test split, ID test the other 9,000; OOD validation is 20 of "
    "Tiny-ImageNet's 200 classes, OOD test the other 180. The same 20 are the auxiliary outliers of methods that train "
    "with such, so for those, tuning is optimistic. OpenOOD's own image lists were not at hand: Tiny-ImageNet is not "
    "filtered for the classes of ID, Textures is the hub's test split, Places365 the whole validation set. Other data, "
    "other network, other splits: scores are comparable with each other, not with OpenOOD's table."
)


class CIFAR10Task(OODTask):
    """CIFAR-10 against two near and four far OOD sets, with one ResNet-20."""

    id = "ood/cifar10"
    version = "1"
    tier = "standard"
    title = "CIFAR-10"
    summary = (
        "After OpenOOD v1.5: near-OOD is CIFAR-100 and Tiny-ImageNet, far-OOD MNIST, SVHN, Textures and Places365, "
        "all at 32x32 RGB. The network is the given ResNet-20 (SUITE_WEIGHTS) or the same one trained by recipe, "
        f"100 epochs of 51 s on two cores, where OpenOOD has a ResNet-18. {SPLITS}"
    )
    gives = OODTask.gives | {"training data", "outliers"}
    seeds = (0,)
    near = ("cifar100", "tiny-imagenet")
    far = tuple(CIFAR_FAR)
    inside: ClassVar[tuple[DataSet, DataSet]] = (CIFAR10_TRAIN, CIFAR10_TEST)
    other: ClassVar[DataSet] = CIFAR100
    classes: ClassVar[int] = 10
    weights: ClassVar[GivenWeights | None] = WEIGHTS

    def data(self) -> tuple[DataSet, ...]:
        """Return the two splits of ID and the OOD sets, which may be missing."""
        return (*self.inside, self.other, TINY_IMAGENET, *CIFAR_FAR.values())

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits, which are the same for every seed."""
        train, held_out = self.inside
        validation, test = validation_and_test(held_out, resources)
        validation_ood, near = tiny_imagenet(resources)
        return Splits(
            train=Split(train),
            validation=validation,
            test=test,
            near={self.other.name: Split(self.other), TINY_IMAGENET.name: near},
            far={name: Split(data) for name, data in CIFAR_FAR.items()},
            validation_ood=validation_ood,
            outliers=validation_ood,
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the ResNet-20: given, or trained by recipe."""
        train = self.inside[0]
        return ReferenceModel(
            name=f"resnet20-cifar{self.classes}",
            architecture=Architecture("resnet-cifar", {"depth": 20, "classes": self.classes}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(train),
            trained_on="the whole train split",
            data=train,
            given=self.weights,
        )
