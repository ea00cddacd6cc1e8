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

from ..data_sets import IMAGENET_TRAIN, IMAGENET_VALIDATION, validation_and_test
from .cifar10_vit import GRID

VALIDATION = 5000
TRANSFORM = Transform(size=224, shorter=248, bicubic=True, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def _pretrained(name: str, revision: str) -> PretrainedModel:
    return PretrainedModel(
        name=name.split(".")[0].replace("_", "-"),
        architecture=Architecture(f"timm/{name}"),
        repository=f"timm/{name}",
        revision=revision,
        transform=TRANSFORM,
    )


class ImageNetTask(QuantizationTask):
    """Base of the ImageNet tasks; they differ in the network alone."""

    version = "1"
    tier = "large"
    seeds = (0, 1, 2, 3, 4)
    specs = GRID
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


def _summary(network: str) -> str:
    return (
        f"timm's {network}. The test is 45,000 random images of ImageNet's validation split, the same for every seed; "
        "the other 5,000 are for choosing parameters. Five seeds draw calibration images from the train split, on all "
        "of which methods that train may train, without augmentation. ImageNet needs its licence to be accepted on the "
        "hub."
    )


class DeiTTinyTask(ImageNetTask):
    """DeiT-Tiny, not distilled."""

    id = "quantization/imagenet-deit-tiny"
    title = "ImageNet-1k, DeiT-Tiny"
    summary = _summary("deit_tiny_patch16_224.fb_in1k, not distilled, 72.2 % in the literature")
    network = _pretrained("deit_tiny_patch16_224.fb_in1k", "80e968688553f219e4a86f940ed945a23709c16f")


class DeiTSmallTask(ImageNetTask):
    """DeiT-Small, not distilled."""

    id = "quantization/imagenet-deit-small"
    title = "ImageNet-1k, DeiT-Small"
    summary = _summary("deit_small_patch16_224.fb_in1k, not distilled, 79.9 % in the literature")
    network = _pretrained("deit_small_patch16_224.fb_in1k", "91327a9c99f98fe6b524cd4d397b7226b80e1365")


class SwinTinyTask(ImageNetTask):
    """Swin-Tiny, trained on ImageNet-1k alone."""

    id = "quantization/imagenet-swin-tiny"
    title = "ImageNet-1k, Swin-Tiny"
    summary = _summary("swin_tiny_patch4_window7_224.ms_in1k, 81.4 % in the literature")
    network = _pretrained("swin_tiny_patch4_window7_224.ms_in1k", "4cc3a7275b50b53a7bec45f32c236ebe64227cff")
