"""ood/cifar10-corruptions: what is shown, and to whom it is given."""

from __future__ import annotations

import numpy as np

from suite.benchmarks.ood import cifar10_full_spectrum
from suite.benchmarks.ood.cifar10_corruptions import IMAGES, CIFAR10CorruptionsTask, shifted_sets, shown
from suite.data.corrupted import CORRUPTIONS
from suite.plugins.ood.erm import ERM
from suite.plugins.ood.tent import Tent

TASK = CIFAR10CorruptionsTask()


def test_every_corruption_shows_the_same_test_images() -> None:
    assert [data.name for data in shifted_sets()] == list(CORRUPTIONS)
    assert {data.source.rows for data in shifted_sets()} == {shown()}
    assert len(set(shown())) == IMAGES
    validation = set(np.random.default_rng(0).permutation(10_000)[:1000].tolist())
    assert not validation & set(shown())
    assert set(cifar10_full_spectrum.shifted_sets()[0].source.rows) < set(shown())


def test_the_given_network_is_adapted_and_training_anew_is_a_setting() -> None:
    given, recipe = TASK.setting({}), TASK.setting({"network-weights": "by-recipe"})
    assert TASK.declines(ERM, given) == "it gives no labelled images; network-weights=by-recipe does"
    assert TASK.declines(ERM, recipe) == ""
    assert TASK.declines(Tent, given) == ""
    assert TASK.declines(Tent, recipe) == "labelled images would not be used"
