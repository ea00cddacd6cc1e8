"""memorization/cifar10 on the local mirror: the denoiser that comes with the suite has a basin, and delays lead out."""

from __future__ import annotations

from typing import Any

import pytest

from suite.benchmarks.memorization.cifar10 import CIFAR10Task
from suite.cache import Cache
from suite.contracts import Column, Resources, TaskContext
from suite.hashing import file_digest
from suite.plugins.memorization.random_turn import RandomTurn
from suite.plugins.memorization.static_delay import StaticDelay
from suite.settings import Settings
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP
from suite.tracks.memorization.samples import MitigationSamples

pytestmark = pytest.mark.mirror
METHODS: dict[str, Any] = {"delay": StaticDelay(delays=(0.12, 0.24)), "turn": RandomTurn(targets=(0.8,))}


@pytest.fixture
def found(mirrored: Settings) -> dict[str, MitigationSamples]:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    experiment = Experiment(CIFAR10Task(), TaskContext(0, resources), noises=5)
    shipped = experiment.model.shipped
    assert shipped is not None
    assert experiment.model.fingerprint(resources) == file_digest(shipped)  # else it would be trained here
    return {name: measured(method, experiment).samples for name, method in METHODS.items()}


def value(samples: MitigationSamples, metric: str, subset: str) -> float:
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def test_its_denoiser_has_a_basin_that_a_delay_leads_out_of(found: dict[str, MitigationSamples]) -> None:
    delay, turn = (found[name] for name in METHODS)
    assert value(delay, "memorized", FREE) <= 0.05
    assert value(delay, "memorized", PLAIN) >= 0.5
    assert value(delay, "memorized", ORDINARY) == 0
    memorized = [value(delay, "memorized", part) for part in (PLAIN, "point 1", "point 2")]
    assert memorized == sorted(memorized, reverse=True)
    assert memorized[2] <= 0.5 * memorized[0]
    assert value(delay, "points_in_gate", SWEEP) == 2
    assert value(delay, "frontier_score", SWEEP) > 0.3
    assert abs(value(turn, "memorized", "point 1") - value(turn, "memorized", PLAIN)) <= 0.15
