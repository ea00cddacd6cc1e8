"""memorization/mnist on the local mirror: the denoiser that comes with the suite has a basin, and the order holds."""

from __future__ import annotations

from typing import Any

import pytest

from suite.benchmarks.memorization.mnist import MNISTTask
from suite.cache import Cache
from suite.contracts import Column, Resources, TaskContext
from suite.hashing import file_digest
from suite.plugins.memorization.batchwise_noise import BatchwiseNoise
from suite.plugins.memorization.random_turn import RandomTurn
from suite.plugins.memorization.static_delay import StaticDelay
from suite.settings import Settings
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP
from suite.tracks.memorization.samples import MitigationSamples

pytestmark = pytest.mark.mirror
METHODS: dict[str, Any] = {
    "delay": StaticDelay(delays=(0.16, 0.24)),
    "batchwise": BatchwiseNoise(moves=((1.5, 2, 0.0),)),
    "turn": RandomTurn(targets=(0.8,)),
}


@pytest.fixture
def found(mirrored: Settings) -> dict[str, MitigationSamples]:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    experiment = Experiment(MNISTTask(), TaskContext(0, resources), noises=5)
    shipped = experiment.model.shipped
    assert shipped is not None
    assert experiment.model.fingerprint(resources) == file_digest(shipped)  # else it would be trained here
    return {name: measured(method, experiment).samples for name, method in METHODS.items()}


def value(samples: MitigationSamples, metric: str, subset: str) -> float:
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def test_its_denoiser_has_a_basin_and_adjusted_noise_is_above_a_delay(found: dict[str, MitigationSamples]) -> None:
    delay, batchwise, turn = (found[name] for name in METHODS)
    assert value(delay, "memorized", FREE) <= 0.05
    assert value(delay, "memorized", PLAIN) >= 0.5
    assert value(delay, "memorized", ORDINARY) == 0
    assert (
        value(delay, "memorized", PLAIN) > value(delay, "memorized", "point 1") > value(delay, "memorized", "point 2")
    )
    assert value(batchwise, "memorized", "point 1") <= 0.5 * value(batchwise, "memorized", PLAIN)
    assert value(batchwise, "noise_norm", "point 1") == pytest.approx(1, abs=0.02)
    assert value(batchwise, "frontier_score", SWEEP) > value(delay, "frontier_score", SWEEP)
    assert abs(value(turn, "memorized", "point 1") - value(turn, "memorized", PLAIN)) <= 0.15
