"""quantization/cifar10-vit: the shipped checkpoint, the splits, and a method on real images."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.quantization.cifar10_vit import WEIGHTS, CIFAR10ViTGridTask, CIFAR10ViTTask
from suite.cache import Cache
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.hashing import file_digest
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.settings import Settings
from suite.tracks.quantization import Spec
from suite.tracks.quantization.measuring import Measuring
from suite.tracks.quantization.protocol import subset_of


@pytest.fixture
def at(mirrored: Settings) -> Resources:
    return Resources(mirrored, Cache(mirrored.cache_folder))


def test_the_checkpoint_is_the_one_that_was_measured(resources: Resources) -> None:
    assert WEIGHTS.shipped is not None
    assert file_digest(WEIGHTS.shipped) == WEIGHTS.sha256
    network = CIFAR10ViTTask().model().load(resources)
    assert sum(parameter.numel() for parameter in network.parameters()) == 1_205_642


def test_the_grid_has_the_precisions_and_calibrations() -> None:
    specs = CIFAR10ViTGridTask.specs
    assert {spec.name for spec in specs} == {"W8A8", "W6A6", "W4A8", "W4A4", "W3A3"}
    assert {spec.calibration for spec in specs} == {32, 128, 1024}
    assert [subset_of(spec, specs) for spec in specs][-2:] == ["W4A4/32", "W4A4/1024"]


@pytest.mark.mirror
def test_splits_are_disjoint_and_the_network_is_as_good_as_stated(at: Resources) -> None:
    task = CIFAR10ViTTask()
    validation, test = task.validation(at), task.test(at)
    assert sorted(np.concatenate([validation.rows(at), test.rows(at)])) == list(range(10_000))
    some = Split(test.data, test.rows(at)[:1000])
    assert Measuring(task.model(), some, at).accuracy(task.model().load(at)) > 0.7
    for name, data in task.downstream(at).items():
        train, held_out = data.train.rows(at), data.test.rows(at)
        assert not set(train) & set(held_out), name
        assert abs(len(train) - len(held_out)) <= 1


@pytest.mark.mirror
def test_four_bits_on_real_images(at: Resources) -> None:
    class Short(CIFAR10ViTTask):
        id = "quantization/short"
        specs = (Spec(4, 4, 32),)

        def test(self, resources: Resources) -> Split:
            whole = super().test(resources)
            return whole.part(np.arange(300), resources)

        def downstream(self, resources: Resources) -> dict:
            return {}

    outcome = Short().evaluate(RTNMinMax(), TaskContext(0, at))
    found = {score.metric: score.value for score in outcome.scores}
    assert 0.3 < found["accuracy"] < 0.75
    assert found["mismatches"] == 0
    assert found["latent_accuracy"] > 0.68
    assert set(outcome.missing) == {"mnist", "textures", "tiny-imagenet"}
