"""Real features for the detectors: the reference model of ood/digits, seed 0."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from numpy.typing import NDArray

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources
from suite.data.split import Split, SplitImages
from suite.models.features import extract, linear_head
from suite.plugins.ood.outlier_exposure import OutlierExposure
from suite.tracks.ood import (
    Batch,
    Detector,
    Labelled,
    LinearHead,
    TrainedDetector,
    TrainingData,
    TrainingSet,
)
from suite.tracks.ood.fitting import training_data
from suite.tracks.ood.metrics import auroc


@dataclass(frozen=True)
class Features:
    """A training set with images and network, and ID and OOD test batches."""

    train: TrainingSet
    inside: Batch
    outside: Batch

    def scores(self, detector: Detector) -> tuple[NDArray, NDArray]:
        """Return the ID and OOD scores of a fitted detector."""
        return detector.score(self.inside).numpy(), detector.score(self.outside).numpy()


@pytest.fixture
def digits(resources: Resources) -> Features:
    """ID against the digits left out."""
    task = DigitsTask()
    splits, model = task.splits(0, resources), task.model(0)
    train, validation = (
        {**extract(model, split, resources), "labels": torch.from_numpy(split.targets(resources))}
        for split in (splits.train, splits.validation)
    )
    network = model.load(resources)
    head = linear_head(network)

    def images(split: Split) -> SplitImages:
        return SplitImages((split,), model.transform, resources)

    return Features(
        TrainingSet(
            **train,
            head=LinearHead(head.weight.detach().clone(), head.bias.detach().clone()),
            validation=Labelled(**validation),
            images=images(splits.train),
            network=network,
        ),
        *(
            Batch(**extract(model, split, resources), images=images(split)[:])
            for split in (splits.test, *splits.near.values())
        ),
    )


@dataclass(frozen=True)
class Trainable:
    """ID images with labels, and jigsaws of validation images: outliers of the kind to train with, never trained on."""

    data: TrainingData
    images: torch.Tensor
    labels: torch.Tensor
    jigsaws: torch.Tensor

    def auroc(self, method: TrainedDetector) -> float:
        """Return the AUROC of a trained method, ID test images against the jigsaws."""
        inside, outside = (method.predict(images)[0].detach().numpy() for images in (self.images, self.jigsaws))
        return auroc(inside, outside)


@pytest.fixture
def trainable(resources: Resources) -> Trainable:
    """What training methods get with outliers, and images to score; a new copy of the reference model each time."""
    task = DigitsTask()
    splits, model = task.splits(0, resources), task.model(0)
    images, jigsaws = (
        model.transform.normalise(split.pixels(model.transform, resources))
        for split in (splits.test, splits.validation_ood["jigsaw"])
    )
    data = training_data(OutlierExposure(), model, splits.development, resources)
    return Trainable(data, images, torch.from_numpy(splits.test.targets(resources)), jigsaws)
