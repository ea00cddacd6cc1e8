"""ood/mnist on the local mirror: the splits, and a run with a network trained on a few images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from suite.benchmarks.data_sets import MNIST_TRAIN
from suite.benchmarks.ood.mnist import RECIPE, MNISTTask
from suite.cache import Cache
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.models.reference import ReferenceModel
from suite.plugins.ood.energy import Energy
from suite.run.scoring import scores_of
from suite.settings import Settings
from suite.tracks.ood.protocol import Splits

pytestmark = pytest.mark.mirror
IMAGES = 5000


class Shortened(MNISTTask):
    """Trained and fitted on 5,000 images, tested on 500 of each set."""

    def splits(self, seed: int, resources: Resources) -> Splits:
        found = super().splits(seed, resources)
        test, far = found.test, found.far
        assert test.indices is not None
        return replace(
            found,
            train=Split(MNIST_TRAIN, np.arange(IMAGES)),
            test=Split(test.data, test.indices[:500]),
            far={name: Split(split.data, np.arange(500)) for name, split in far.items()},
        )

    def model(self, seed: int) -> ReferenceModel:
        return replace(
            super().model(seed),
            recipe=replace(RECIPE, epochs=8),
            training=lambda resources: Split(MNIST_TRAIN, np.arange(IMAGES)),
            trained_on=f"the first {IMAGES} images",
        )


def test_splits_are_disjoint(mirrored: Settings) -> None:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    splits = MNISTTask().splits(0, resources)
    rows = [split.rows(resources) for split in (splits.validation, splits.test)]
    assert sorted(np.concatenate(rows)) == list(range(10_000))
    assert len(rows[0]) == 1000
    assert len(splits.train.rows(resources)) == 60_000
    assert set(splits.test.targets(resources)) == set(range(10))
    validation, outliers = splits.validation_ood["jigsaw"].data.source, splits.outliers["jigsaw"].data.source
    assert validation.source == splits.test.data.source
    assert set(validation.rows) == set(rows[0])
    assert outliers.source == splits.train.data.source


def test_a_short_training_already_tells_photographs_from_digits(mirrored: Settings) -> None:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    outcome = Shortened().evaluate(Energy(), TaskContext(0, resources))
    values = {(score.metric, score.subset): score for score in scores_of(Shortened(), outcome.samples)}
    print(
        {name: round(score.value, 3) for (metric, name), score in values.items() if metric in ("auroc", "id_accuracy")}
    )
    assert values["id_accuracy", "id"].value > 0.85
    assert values["auroc", "far"].value > 0.9
    assert outcome.missing == ("near/kmnist", "near/notmnist")
    assert ("auroc", "near") not in values
