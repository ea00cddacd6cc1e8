"""What training methods get on ood/digits, seed 0, and images to score."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from torch import Tensor

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources
from suite.tracks.ood import TrainedDetector, TrainingData
from suite.tracks.ood.fitting import training_data
from suite.tracks.ood.metrics import auroc


@dataclass(frozen=True)
class Digits:
    """ID images with labels, and jigsaws of validation images: outliers of the kind to train with, never trained on."""

    data: TrainingData
    images: Tensor
    labels: Tensor
    jigsaws: Tensor

    def auroc(self, method: TrainedDetector) -> float:
        """Return the AUROC of a trained method, ID test images against the jigsaws."""
        inside, outside = (method.predict(images)[0].detach().numpy() for images in (self.images, self.jigsaws))
        return auroc(inside, outside)


@pytest.fixture
def digits(resources: Resources) -> Digits:
    """A new copy of the reference model for each test."""
    import torch

    task = DigitsTask()
    splits, model = task.splits(0, resources), task.model(0)
    images, jigsaws = (
        model.transform.normalise(split.pixels(model.transform, resources))
        for split in (splits.test, splits.validation_ood["jigsaw"])
    )
    data = training_data(task.id, model, splits.development, resources)
    return Digits(data, images, torch.from_numpy(splits.test.targets(resources)), jigsaws)
