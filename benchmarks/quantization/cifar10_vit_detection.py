"""What quantization leaves of OOD detection, on CIFAR-10."""

from __future__ import annotations

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.reference import ReferenceModel
from suite.tracks.quantization.detection.protocol import KeptDetectionTask
from suite.tracks.quantization.spec import calibration_axis, precision_axis

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN, CIFAR100, MNIST, SVHN, TEXTURES, TINY_IMAGENET, validation_and_test
from .cifar10_vit import CIFAR10ViTTask

NEAR = {"cifar100": CIFAR100, "tiny-imagenet": TINY_IMAGENET}
FAR = {"mnist": MNIST, "svhn": SVHN, "textures": TEXTURES}
TEST, OUTSIDE, BANK = 2000, 1000, 2000


class CIFAR10ViTDetectionTask(KeptDetectionTask):
    """The ViT of ``quantization/cifar10-vit``, whose checkpoint comes with the suite."""

    id = "quantization/cifar10-vit-detection"
    version = "1"
    tier = "standard"
    title = "CIFAR-10, ViT: what is left of detection"
    summary = (
        "The network of quantization/cifar10-vit. The test is 2,000 random images of its test split; near-OOD is "
        "CIFAR-100 and Tiny-ImageNet, far-OOD MNIST, SVHN and Textures, 1,000 random images of each. Energy and "
        "k-nearest-neighbour scores (k = 10 of 2,000 training images) are those of the quantized network itself. "
        "Ranked by what is kept of the near AUROC above chance, mean of both detectors. Five seeds draw calibration "
        "images, and the network is one: intervals over samples say more than those over seeds."
    )
    seeds = (0, 1, 2, 3, 4)
    axes = (precision_axis("W32A4", "W4A32", "W32A3", "W3A32"), calibration_axis(32, 1024, pattern="[1-9][0-9]{0,3}"))
    near = tuple(NEAR)
    far = tuple(FAR)
    neighbours = 10
    classes = 10
    training_images = CIFAR10ViTTask.training_images

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-10's two splits, and the OOD sets, which may be missing."""
        return (CIFAR10_TRAIN, CIFAR10_TEST, *NEAR.values(), *FAR.values())

    def training(self, resources: Resources) -> Split:
        """Return the whole train split."""
        return Split(CIFAR10_TRAIN)

    def bank(self, resources: Resources) -> Split:
        """Return random images of the train split."""
        return _some(CIFAR10_TRAIN, BANK, resources)

    def validation(self, resources: Resources) -> Split:
        """Return the images of the test split that are in no test."""
        return validation_and_test(CIFAR10_TEST, resources, len(CIFAR10_TEST.open(resources)) - TEST)[0]

    def test(self, resources: Resources) -> Split:
        """Return the test images."""
        return validation_and_test(CIFAR10_TEST, resources, len(CIFAR10_TEST.open(resources)) - TEST)[1]

    def outside(self, resources: Resources) -> dict[str, Split]:
        """Return random images of each OOD set at hand."""
        splits = {}
        for group, sets in (("near", NEAR), ("far", FAR)):
            for name, data in sets.items():
                try:
                    splits[f"{group}/{name}"] = _some(data, OUTSIDE, resources)
                except Missing:
                    continue
        return splits

    def model(self) -> ReferenceModel:
        """Return the ViT."""
        return CIFAR10ViTTask().model()


def _some(data: DataSet, count: int, resources: Resources) -> Split:
    return Split(data, np.sort(np.random.default_rng(0).permutation(len(data.open(resources)))[:count]))
