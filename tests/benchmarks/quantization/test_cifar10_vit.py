"""quantization/cifar10-vit: the shipped checkpoint, the splits, and a method on real images."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.quantization.cifar10_vit import WEIGHTS, CIFAR10ViTTask
from suite.cache import Cache
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.hashing import file_digest
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.run.scoring import scores_of
from suite.settings import Settings
from suite.tracks.quantization.evaluation import Evaluation


@pytest.fixture
def at(mirrored: Settings) -> Resources:
    return Resources(mirrored, Cache(mirrored.cache_folder))


def test_the_checkpoint_is_the_one_that_was_measured(resources: Resources) -> None:
    assert WEIGHTS.shipped is not None
    assert file_digest(WEIGHTS.shipped) == WEIGHTS.sha256
    network = CIFAR10ViTTask().model().load(resources)
    assert sum(parameter.numel() for parameter in network.parameters()) == 1_205_642


def test_the_grid_has_the_precisions_and_calibrations() -> None:
    settings = CIFAR10ViTTask().settings()
    assert {setting["precision"] for setting in settings} == {"W8A8", "W6A6", "W4A8", "W4A4", "W3A3"}
    assert {setting["calibration"] for setting in settings} == {"32", "128", "1024"}
    assert {setting["precision"] for setting in settings if setting["calibration"] != "128"} == {"W4A4"}
    assert len(settings) == 7


@pytest.mark.parametrize(("count", "accepted"), [("1", True), ("50000", True), ("50001", False), ("0", False)])
def test_calibration_images_may_be_as_many_as_there_are(count: str, accepted: bool) -> None:
    assert CIFAR10ViTTask.axes[1].accepts(count) is accepted


def test_the_tasks_that_it_was_are_settings_of_it() -> None:
    formerly = CIFAR10ViTTask.formerly
    assert formerly["quantization/cifar10-vit-w8a8"] == {"precision": "W8A8"}
    assert formerly["quantization/cifar10-vit-grid"] == {}


@pytest.mark.mirror
def test_splits_are_disjoint_and_the_network_is_as_good_as_stated(at: Resources) -> None:
    task = CIFAR10ViTTask()
    validation, test = task.validation(at), task.test(at)
    assert sorted(np.concatenate([validation.rows(at), test.rows(at)])) == list(range(10_000))
    some = Split(test.data, test.rows(at)[:1000])
    assert Evaluation(task.model(), some, at).accuracy(task.model().load(at)) > 0.7
    for name, data in task.downstream(at).items():
        train, held_out = data.train.rows(at), data.test.rows(at)
        assert not set(train) & set(held_out), name
        assert abs(len(train) - len(held_out)) <= 1


@pytest.mark.mirror
def test_four_bits_on_real_images(at: Resources) -> None:
    class Short(CIFAR10ViTTask):
        id = "quantization/short"

        def test(self, resources: Resources) -> Split:
            whole = super().test(resources)
            return whole.part(np.arange(300), resources)

        def downstream(self, resources: Resources) -> dict:
            return {}

    task = Short()
    outcome = task.evaluate(RTNMinMax(), TaskContext(0, at, task.setting({"calibration": "32"})))
    values = {score.metric: score.value for score in scores_of(task, outcome.samples)}
    assert 0.3 < values["accuracy"] < 0.75
    assert values["mismatches"] == 0
    assert values["latent_accuracy"] > 0.68
    assert set(outcome.missing) == {"mnist", "textures", "tiny-imagenet"}
