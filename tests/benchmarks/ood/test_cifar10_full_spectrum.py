"""ood/cifar10-full-spectrum on the local mirror: which images are corrupted, and how many."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.data_sets import CIFAR10_TEST
from suite.benchmarks.ood.cifar10_full_spectrum import CIFAR10FullSpectrumTask
from suite.cache import Cache
from suite.contracts import Resources
from suite.models.features import extract
from suite.settings import Settings

pytestmark = pytest.mark.mirror


@pytest.fixture
def resources(mirrored: Settings) -> Resources:
    reason = "pip install 'basin-suite[corruptions]'; OpenCV, which it brings, needs the system's libGL"
    pytest.importorskip("imagecorruptions", reason=reason, exc_type=ImportError)
    return Resources(mirrored, Cache(mirrored.cache_folder))


def test_only_id_test_images_are_corrupted(resources: Resources) -> None:
    splits = CIFAR10FullSpectrumTask().splits(0, resources)
    test = set(splits.test.rows(resources))
    labels = CIFAR10_TEST.open(resources).labels
    assert tuple(splits.shifted) == CIFAR10FullSpectrumTask.shifted
    assert len(splits.shifted) == 19
    for split in splits.shifted.values():
        rows = split.data.source.rows
        assert len(set(rows)) == 1000
        assert set(rows) <= test
        assert np.array_equal(split.targets(resources), labels[list(rows)])


def test_the_network_still_knows_what_is_slightly_corrupted(resources: Resources) -> None:
    task = CIFAR10FullSpectrumTask()
    split = task.splits(0, resources).shifted["brightness"]
    logits = extract(task.model(0), split, resources)["logits"]
    correct = logits.argmax(dim=1).numpy() == split.targets(resources)
    by_severity = [correct[start : start + 200].mean() for start in range(0, 1000, 200)]
    assert by_severity[0] > 0.8
    assert by_severity[4] < by_severity[0]
