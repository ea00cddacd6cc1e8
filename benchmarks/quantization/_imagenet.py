"""timm's pretrained transformers on ImageNet-1k: the networks of the literature, under one protocol."""

from __future__ import annotations

from typing import ClassVar

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.pretrained import PretrainedModel
from suite.tracks.quantization.protocol import QuantizationTask
from suite.tracks.quantization.spec import PRECISION, calibration_axis

from ..data_sets import IMAGENET_TRAIN, IMAGENET_VALIDATION, validation_and_test

VALIDATION = 5000
TRANSFORM = Transform(size=224, shorter=248, bicubic=True, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


class ImageNetTask(QuantizationTask):
    """Base of the ImageNet tasks; they differ in the network alone."""

    version = "2"
    tier = "large"
    seeds = (0, 1, 2, 3, 4)
    axes = (PRECISION, calibration_axis(32, 1024, pattern="[1-9][0-9]{0,5}"))
    network: ClassVar[PretrainedModel]

    def data(self) -> tuple[DataSet, ...]:
        """Return ImageNet's two labelled splits."""
        return (IMAGENET_TRAIN, IMAGENET_VALIDATION)

    def training(self, resources: Resources) -> Split:
        """Return the whole train split."""
        return Split(IMAGENET_TRAIN)

    def validation(self, resources: Resources) -> Split:
        """Return 5,000 random images of the validation split."""
        return validation_and_test(IMAGENET_VALIDATION, resources, VALIDATION)[0]

    def test(self, resources: Resources) -> Split:
        """Return the other 45,000."""
        return validation_and_test(IMAGENET_VALIDATION, resources, VALIDATION)[1]

    def model(self) -> PretrainedModel:
        """Return the pretrained network."""
        return self.network


def pretrained(name: str, revision: str) -> PretrainedModel:
    """Return timm's weights at a revision of the hub."""
    return PretrainedModel(
        name=name.split(".")[0].replace("_", "-"),
        architecture=Architecture(f"timm/{name}"),
        repository=f"timm/{name}",
        revision=revision,
        transform=TRANSFORM,
    )


def summarize(network: str) -> str:
    """Return a task's summary."""
    return (
        f"timm's {network}. The test is 45,000 random images of ImageNet's validation split, the same for every seed; "
        "the other 5,000 are for choosing parameters. Five seeds draw calibration images from the train split, on all "
        "of which methods that train may train, without augmentation. ImageNet needs its licence to be accepted on the "
        "hub. Version 1 had all precisions in one cell."
    )
