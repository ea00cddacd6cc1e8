"""A small ViT on scikit-learn's digits: no download, a minute for all methods that do not train."""

from __future__ import annotations

import numpy as np

from suite.contracts import Cost, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.quantization.protocol import QuantizationTask
from suite.tracks.quantization.spec import PRECISION, calibration_axis

from ..data_sets import DIGITS

TRAIN, VALIDATION = 1000, 197

TRANSFORM = Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,))
ARCHITECTURE = Architecture(
    "timm/vit_tiny_patch16_224",
    {
        "img_size": 8,
        "patch_size": 2,
        "in_chans": 1,
        "embed_dim": 48,
        "depth": 3,
        "num_heads": 4,
        "num_classes": 10,
        "class_token": False,
        "global_pool": "avg",
    },
)
RECIPE = Recipe(
    epochs=120,
    batch_size=64,
    learning_rate=3e-3,
    weight_decay=0.05,
    optimiser="adamw",
    crop_padding=1,
    warmup_epochs=4,
)


def partition() -> tuple[Split, Split, Split]:
    """Return (train, validation, test) of the digits: 1,000, 197 and 600 images, the same for every seed."""
    rows = np.random.default_rng(0).permutation(1797)
    train, validation, test = (Split(DIGITS, np.sort(part)) for part in np.split(rows, [TRAIN, TRAIN + VALIDATION]))
    return train, validation, test


class DigitsViTTask(QuantizationTask):
    """A ViT of three blocks, trained on 1,000 digits."""

    id = "quantization/digits-vit"
    version = "2"
    tier = "embedded"
    title = "Digits, small ViT"
    summary = (
        "timm's ViT with three blocks of width 48 on 2x2 patches of scikit-learn's 8x8 digits, trained by recipe on "
        "1,000 images; 600 others are the test. Five seeds draw calibration images from the training images. The first "
        "convolution and the head take 8 bits, everything else that is multiplied those of the precision: inputs of "
        "layers, softmax output, both sides of both products of attention. LayerNorm, softmax and sums stay float32. "
        "The network is so small that rankings here say little of large ones. Version 1 had all precisions in one "
        "cell, with the same numbers."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=5.9, cell=1.15)
    tour = ({},)
    axes = (PRECISION, calibration_axis(32, 1000, pattern="[1-9][0-9]{0,2}|1000"))

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits."""
        return (DIGITS,)

    def training(self, resources: Resources) -> Split:
        """Return the 1,000 training images."""
        return partition()[0]

    def validation(self, resources: Resources) -> Split:
        """Return the 197 validation images."""
        return partition()[1]

    def test(self, resources: Resources) -> Split:
        """Return the 600 test images."""
        return partition()[2]

    def model(self) -> ReferenceModel:
        """Return the ViT; training takes about a quarter of a minute."""
        return ReferenceModel(
            name="vit-digits",
            architecture=ARCHITECTURE,
            transform=TRANSFORM,
            seed=0,
            recipe=RECIPE,
            training=lambda resources: partition()[0],
            trained_on=f"{TRAIN} images, version 1",  # of the partition
            data=DIGITS,
        )
