"""A ViT on CIFAR-10 whose checkpoint comes with the suite."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import GivenWeights, ReferenceModel
from suite.tracks.quantization.evaluation import MEAN
from suite.tracks.quantization.probe import Downstream
from suite.tracks.quantization.protocol import QuantizationTask
from suite.tracks.quantization.samples import TEST
from suite.tracks.quantization.spec import PRECISION, calibration_axis

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN, MNIST, TEXTURES, TINY_IMAGENET, validation_and_test

TRANSFORM = Transform(size=32, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
ARCHITECTURE = Architecture(
    "timm/vit_tiny_patch16_224",
    {
        "img_size": 32,
        "patch_size": 4,
        "embed_dim": 128,
        "depth": 6,
        "num_heads": 4,
        "num_classes": 10,
        "class_token": False,
        "global_pool": "avg",
        "patch_drop_rate": 0.25,
    },
)
RECIPE = Recipe(
    epochs=24,
    batch_size=128,
    learning_rate=1e-3,
    weight_decay=0.05,
    optimiser="adamw",
    crop_padding=4,
    flip=True,
    warmup_epochs=2,
    precision="bfloat16",
)
WEIGHTS = GivenWeights(
    "vit-cifar10.safetensors",
    "db5f26c26c1bed87ee0f9402e79767847ad839cb278c7b187f2fef88eb1e507e",
    Path(__file__).with_name("vit-cifar10.safetensors"),
)
VALIDATION = 5000
DOWNSTREAM = {"mnist": MNIST, "textures": TEXTURES, "tiny-imagenet": TINY_IMAGENET}
PROBED = {"mnist": 2000, "textures": 1200, "tiny-imagenet": 2000}
"""Images of each, half to learn on and half to test."""
CLASSES = 40
"""Of Tiny-ImageNet's 200, the first."""


class CIFAR10ViTTask(QuantizationTask):
    """A ViT of six blocks, with probes on three other data sets."""

    id = "quantization/cifar10-vit"
    version = "2"
    tier = "standard"
    title = "CIFAR-10, ViT"
    summary = (
        "timm's ViT on 4x4 patches of CIFAR-10, six blocks of width 128, 1.2 million parameters, trained by recipe on "
        "the whole train split; the checkpoint comes with the suite. The test is 5,000 random images of the test "
        "split, the same for every seed; the other 5,000 are for choosing parameters. Five seeds draw calibration "
        "images from the train split. Methods that train get 10,000 of its images, the same for all: an epoch is one "
        "pass over those. Features are probed on MNIST (1,000 images to learn on, 1,000 to test), 40 classes of "
        "Tiny-ImageNet (as many) and what there is of the first 40 classes of Textures (600 each). Version 1 was three "
        "tasks, with the same numbers."
    )
    seeds = (0, 1, 2, 3, 4)
    axes = (PRECISION, calibration_axis(32, 1024, pattern="[1-9][0-9]{0,3}|[1-4][0-9]{4}|50000"))
    subsets = (TEST, MEAN, *DOWNSTREAM)
    training_images = 10_000
    formerly = {"quantization/cifar10-vit-w8a8": {"precision": "W8A8"}, "quantization/cifar10-vit-grid": {}}

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-10's two splits, and the downstream sets, which may be missing."""
        return (CIFAR10_TRAIN, CIFAR10_TEST, *DOWNSTREAM.values())

    def training(self, resources: Resources) -> Split:
        """Return the whole train split."""
        return Split(CIFAR10_TRAIN)

    def validation(self, resources: Resources) -> Split:
        """Return 5,000 random images of the test split."""
        return validation_and_test(CIFAR10_TEST, resources, VALIDATION)[0]

    def test(self, resources: Resources) -> Split:
        """Return the other 5,000."""
        return validation_and_test(CIFAR10_TEST, resources, VALIDATION)[1]

    def downstream(self, resources: Resources) -> dict[str, Downstream]:
        """Return random halves of the downstream sets that are at hand."""
        halves = {}
        for name, data in DOWNSTREAM.items():
            try:
                halves[name] = _halves(data, PROBED[name], resources)
            except Missing:
                continue
        return halves

    def model(self) -> ReferenceModel:
        """Return the ViT; anybody can train it again by recipe, in about an hour on two cores."""
        return ReferenceModel(
            name="vit-cifar10",
            architecture=ARCHITECTURE,
            transform=TRANSFORM,
            seed=0,
            recipe=RECIPE,
            training=lambda resources: Split(CIFAR10_TRAIN),
            trained_on="the whole train split",
            data=CIFAR10_TRAIN,
            given=WEIGHTS,
        )


def _halves(data: DataSet, count: int, resources: Resources) -> Downstream:
    """Return two halves of ``count`` random rows, of the first `CLASSES` classes if there are more."""
    labels = data.open(resources).labels
    rows = np.random.default_rng(0).permutation(np.flatnonzero(labels < CLASSES))[:count]
    train, test = (Split(data, np.sort(half)) for half in np.split(rows, [len(rows) // 2]))
    return Downstream(train, test)
