"""Real features for the detectors: the reference model of ood/digits, seed 0."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from numpy.typing import NDArray

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources
from suite.models.features import extract, linear_head
from suite.tracks.ood import Batch, Detector, LinearHead, TrainingSet


@dataclass(frozen=True)
class Features:
    """A training set, and ID and OOD test batches."""

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
    seen = [extract(model, split, resources) for split in (splits.train, splits.test, *splits.near.values())]
    head = linear_head(model.load(resources))
    train = TrainingSet(
        seen[0]["features"],
        seen[0]["logits"],
        torch.from_numpy(splits.train.targets(resources)),
        LinearHead(head.weight.detach(), head.bias.detach()),
    )
    return Features(train, *(Batch(each["features"], each["logits"]) for each in seen[1:]))
