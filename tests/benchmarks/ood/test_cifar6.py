"""ood/cifar6: the published class splits, and disjoint images with the right labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from suite.benchmarks.data_sets import CIFAR10_TEST, CIFAR10_TRAIN
from suite.benchmarks.ood.cifar6 import KNOWN, CIFAR6Task
from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.settings import Settings


def test_there_are_six_known_classes_for_each_seed() -> None:
    assert len(KNOWN) == len(CIFAR6Task.seeds)
    assert all(len(set(classes)) == 6 and set(classes) <= set(range(10)) for classes in KNOWN)


@pytest.mark.mirror
@pytest.mark.parametrize("seed", CIFAR6Task.seeds)
def test_splits_are_disjoint_and_labels_follow_the_classes(seed: int, mirrored: Settings) -> None:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    splits = CIFAR6Task().splits(seed, resources)
    parts = [split.rows(resources) for split in (splits.validation, splits.test, splits.near["unknown-classes"])]
    assert [len(part) for part in parts] == [600, 5400, 4000]
    assert sorted(np.concatenate(parts)) == list(range(10_000))

    known = sorted(KNOWN[seed])
    for split, data in ((splits.train, CIFAR10_TRAIN), (splits.validation, CIFAR10_TEST), (splits.test, CIFAR10_TEST)):
        original = data.open(resources).labels[split.rows(resources)]
        assert np.array_equal(np.asarray(known)[split.targets(resources)], original)
    unknown = CIFAR10_TEST.open(resources).labels[parts[2]]
    assert set(unknown) == set(range(10)) - set(known)
    assert len(splits.train.rows(resources)) == 30_000
    assert CIFAR6Task().model(seed).training(resources).identity(resources) == splits.train.identity(resources)
    assert set(splits.validation_ood["tiny-imagenet"].targets(resources)) == set(range(180, 200))


def test_without_cifar10_it_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    resources = Resources(settings.model_copy(update={"data": tmp_path}), Cache(tmp_path / "cache"))
    with pytest.raises(Missing, match="uoft-cs/cifar10; the hub is off"):
        CIFAR6Task().splits(0, resources)
