"""OOD detection with a CIFAR-10 classifier, after OpenOOD v1.5."""

from __future__ import annotations

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import GivenWeights, ReferenceModel
from suite.tracks.ood.protocol import OODTask, Splits

CIFAR10 = "0b2714987fa478483af9968de7c934580d0bb9a2"
TRAIN = DataSet("cifar10-train", Hub("uoft-cs/cifar10", "train", CIFAR10, "plain_text", image="img"))
TEST = DataSet("cifar10-test", Hub("uoft-cs/cifar10", "test", CIFAR10, "plain_text", image="img"))
CIFAR100 = DataSet(
    "cifar100",
    Hub(
        "uoft-cs/cifar100",
        "test",
        "aadb3af77e9048adbea6b47c21a81e47dd092ae5",
        "cifar100",
        image="img",
        label="fine_label",
    ),
    optional=True,
)
TINY_IMAGENET = DataSet(
    "tiny-imagenet", Hub("zh-plus/tiny-imagenet", "valid", "5a77092c28e51558c5586e9c5eb71a7e17a5e43f"), optional=True
)
MNIST = DataSet(
    "mnist", Hub("ylecun/mnist", "test", "77f3279092a1c1579b2250db8eafed0ad422088c", "mnist"), optional=True
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

TRANSFORM = Transform(size=32, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
RECIPE = Recipe(epochs=100, batch_size=128, learning_rate=0.1, weight_decay=5e-4, crop_padding=4, flip=True)
WEIGHTS = GivenWeights(
    "resnet20-cifar10.safetensors", "0d813ff7eb7a68910e06b92428a01d664b30f1f5f1d0f5ed0a943fc1cab2f4c2"
)
VALIDATION = 1000
VALIDATION_CLASSES = 20  # the last of Tiny-ImageNet's 200


class CIFAR10Task(OODTask):
    """CIFAR-10 against two near and four far OOD sets, with one ResNet-20."""

    id = "ood/cifar10"
    version = "1"
    tier = "standard"
    title = "CIFAR-10"
    summary = (
        "After OpenOOD v1.5: near-OOD is CIFAR-100 and Tiny-ImageNet, far-OOD MNIST, SVHN, Textures and Places365, "
        "all at 32x32 RGB. The network is the given ResNet-20 (SUITE_WEIGHTS) or the same one trained by recipe, "
        "100 epochs, where OpenOOD has a ResNet-18. ID validation is 1,000 random images of the test split, ID test "
        "the other 9,000; OOD validation is 20 of Tiny-ImageNet's 200 classes, OOD test the other 180. OpenOOD's own "
        "image lists were not at hand: Tiny-ImageNet is not filtered for classes that CIFAR-10 has, Textures is the "
        "hub's test split, Places365 the whole validation set. Other data, other network, other splits: scores are "
        "comparable with each other, not with OpenOOD's table."
    )
    seeds = (0,)
    near = ("cifar100", "tiny-imagenet")
    far = ("mnist", "svhn", "textures", "places365")

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-10's two splits and the OOD sets, which may be missing."""
        return (TRAIN, TEST, CIFAR100, TINY_IMAGENET, MNIST, SVHN, TEXTURES, PLACES365)

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits, which are the same for every seed."""
        rows = np.random.default_rng(0).permutation(len(TEST.open(resources)))
        validation_ood, tiny_imagenet = _tiny_imagenet(resources)
        return Splits(
            train=Split(TRAIN),
            validation=Split(TEST, np.sort(rows[:VALIDATION])),
            test=Split(TEST, np.sort(rows[VALIDATION:])),
            near={"cifar100": Split(CIFAR100), "tiny-imagenet": tiny_imagenet},
            far={
                "mnist": Split(MNIST),
                "svhn": Split(SVHN),
                "textures": Split(TEXTURES),
                "places365": Split(PLACES365),
            },
            validation_ood=validation_ood,
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the ResNet-20: given, or trained by recipe (100 epochs of 51 s on two cores)."""
        return ReferenceModel(
            name="resnet20-cifar10",
            architecture=Architecture("resnet-cifar", {"depth": 20, "classes": 10}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(TRAIN),
            trained_on="the whole train split",
            data=TRAIN,
            given=WEIGHTS,
        )


def _tiny_imagenet(resources: Resources) -> tuple[dict[str, Split], Split]:
    """Return the validation splits and the test split of Tiny-ImageNet, disjoint in classes."""
    try:
        labels = TINY_IMAGENET.open(resources).labels
    except Missing:
        return {}, Split(TINY_IMAGENET)
    held_out = labels >= 200 - VALIDATION_CLASSES
    validation, test = (Split(TINY_IMAGENET, np.flatnonzero(mask)) for mask in (held_out, ~held_out))
    return {"tiny-imagenet": validation}, test
