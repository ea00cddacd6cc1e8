"""OOD detection with pretrained ImageNet-1k classifiers, after OpenOOD v1.5."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

import numpy as np

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.pretrained import PretrainedModel
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

from ..data_sets import IMAGENET_TRAIN, IMAGENET_VALIDATION, TEXTURES, validation_and_test


def _ood(name: str, repository: str) -> DataSet:
    # Archives of images without labels; no public code names a commit of these repositories.
    return DataSet(name, Hub(repository, "train", None, label=None), optional=True)


SSB_HARD = _ood("ssb-hard", "torch-uncertainty/SSB_hard")
NINCO = _ood("ninco", "torch-uncertainty/Ninco")
INATURALIST = _ood("inaturalist", "torch-uncertainty/inaturalist")
OPENIMAGE_O = _ood("openimage-o", "torch-uncertainty/Openimage-O")

RESNET50 = PretrainedModel(
    name="resnet50-imagenet",
    architecture=Architecture("timm/resnet50.tv_in1k"),
    repository="timm/resnet50.tv_in1k",
    revision="aa6c2d36d56bc0209040c02b5a7b7d7bf11d57b8",
    transform=Transform(size=224, shorter=256, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
)
PER_CLASS = 50
VALIDATION = 5000
VALIDATION_OOD = 1763

DATA = (
    "After OpenOOD v1.5: ID is ImageNet-1k, near-OOD SSB-hard and NINCO, far-OOD iNaturalist, Textures and "
    "OpenImage-O. Detectors fit on a fixed subset of 50 training images a class, 50,000 in all, where OpenOOD uses all "
    "of the 1.28 million. ID validation is 5,000 random images of ImageNet's validation split, ID test the other "
    "45,000; OOD validation is 1,763 random images of OpenImage-O, OOD test the others: OpenOOD's numbers, but not its "
    "image lists, which were not at hand. Textures is the hub's test split, not filtered for ImageNet's classes. The "
    "other OOD sets are the newest of their repositories: no commit could be resolved. ImageNet needs its licence to "
    "be accepted on the hub."
)


class ImageNetTask(OODTask):
    """ImageNet-1k against two near and three far OOD sets, with torchvision's ResNet-50."""

    id = "ood/imagenet"
    version = "1"
    tier = "large"
    title = "ImageNet-1k, ResNet-50"
    summary = f"{DATA} The network is torchvision's first ResNet-50, as in OpenOOD, from timm (resnet50.tv_in1k)."
    seeds = (0,)
    near = ("ssb-hard", "ninco")
    far = ("inaturalist", "textures", "openimage-o")
    network: ClassVar[PretrainedModel] = RESNET50

    def data(self) -> tuple[DataSet, ...]:
        """Return ImageNet's two splits and the OOD sets, which may be missing."""
        return (IMAGENET_TRAIN, IMAGENET_VALIDATION, SSB_HARD, NINCO, INATURALIST, TEXTURES, OPENIMAGE_O)

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits, which are the same for every seed."""
        validation, test = validation_and_test(IMAGENET_VALIDATION, resources, VALIDATION)
        validation_ood: dict[str, Split] = {}
        openimage_o = Split(OPENIMAGE_O)
        with suppress(Missing):  # it may be missing, as every OOD set
            validation_ood["openimage-o"], openimage_o = validation_and_test(OPENIMAGE_O, resources, VALIDATION_OOD)
        return Splits(
            train=Split(IMAGENET_TRAIN, per_class(IMAGENET_TRAIN.open(resources).labels, PER_CLASS)),
            validation=validation,
            test=test,
            near={"ssb-hard": Split(SSB_HARD), "ninco": Split(NINCO)},
            far={"inaturalist": Split(INATURALIST), "textures": Split(TEXTURES), "openimage-o": openimage_o},
            validation_ood=validation_ood,
        )

    def model(self, seed: int) -> PretrainedModel:
        """Return the pretrained network."""
        return self.network


def per_class(labels: np.ndarray, count: int) -> np.ndarray:
    """Return ``count`` random rows of every class, or all of a class that has fewer, in ascending order."""
    rows = np.random.default_rng(0).permutation(len(labels))
    ranked = rows[np.argsort(labels[rows], kind="stable")]
    starts = np.searchsorted(labels[ranked], np.unique(labels))
    place = np.arange(len(labels)) - np.repeat(starts, np.diff(np.append(starts, len(labels))))
    return np.sort(ranked[place < count])
