"""The negative control: what an adjustment seems to gain without a basin, and what exposes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from suite.benchmarks.memorization.digits_mlp import DigitsMLPTask
from suite.contracts import Column, TaskContext
from suite.plugins.memorization.norm_restored import NormRestored
from suite.plugins.memorization.persample_noise import PersampleNoise
from suite.plugins.memorization.random_turn import RandomTurn
from suite.plugins.memorization.static_delay import StaticDelay
from suite.tracks.memorization.detection.rates import auroc
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.frontier import frontier_score
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, GATE, ORDINARY, PLAIN, SWEEP
from suite.tracks.memorization.samples import MitigationSamples

TARGETS = (0.8, 0.6)
METHODS: dict[str, Any] = {
    "delay": StaticDelay(delays=(0.2, 0.32, 0.4)),
    "adjusted": PersampleNoise(targets=TARGETS),
    "restored": NormRestored(targets=TARGETS),
    "turn": RandomTurn(targets=TARGETS[1:]),
}


@pytest.fixture(scope="module")
def found(resources) -> dict[str, MitigationSamples]:
    experiment = Experiment(DigitsMLPTask(), TaskContext(0, resources), noises=10)
    return {name: measured(method, experiment).samples for name, method in METHODS.items()}


def value(samples: MitigationSamples, metric: str, subset: str) -> float:
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def ungated(samples: MitigationSamples) -> float:
    """The frontier score if every point counted."""
    memorized, aligned = (samples.by_caption[name].mean(axis=1) for name in ("memorized", "alignment"))
    return frontier_score(samples.sweep().anchors.placed(memorized[1:-1], aligned[1:-1]))


@pytest.mark.slow
class TestNegativeControl:
    def test_its_denoiser_memorizes(self, found) -> None:
        samples = found["delay"]
        assert value(samples, "memorized", PLAIN) >= 0.3
        assert value(samples, "memorized", FREE) <= 0.05
        assert value(samples, "memorized", ORDINARY) == 0

    def test_the_first_norm_does_not_tell_which_noise_escapes(self, found) -> None:
        samples, areas = found["delay"], []
        plain = samples.subset == PLAIN
        for caption in np.unique(samples.caption[plain]):
            rows = plain & (samples.caption == caption)
            if 0 < samples.memorized[rows].sum() < rows.sum():
                areas.append(auroc(samples.guidance[rows], samples.memorized[rows]))
        assert np.mean(areas) <= 0.55

    def test_an_adjustment_seems_to_win_and_the_gate_drops_it(self, found) -> None:
        samples = found["adjusted"]
        assert value(samples, "memorized", "point 2") <= 0.05
        assert ungated(samples) >= 0.6
        assert value(samples, "real_distance", "point 1") > 1.5 * GATE * value(samples, "real_distance", FREE)
        assert value(samples, "points_in_gate", SWEEP) == 0
        assert value(samples, "frontier_score", SWEEP) == 0
        assert value(found["delay"], "frontier_score", SWEEP) > 0.1

    def test_its_gain_is_longer_noise(self, found) -> None:
        plain = value(found["adjusted"], "noise_norm", PLAIN)
        assert value(found["adjusted"], "noise_norm", "point 2") > 1.4 * plain
        assert value(found["restored"], "noise_norm", "point 2") == pytest.approx(plain)
        for point in ("point 1", "point 2"):
            restored = value(found["restored"], "memorized", point)
            assert restored >= 0.5 * value(found["restored"], "memorized", PLAIN)
            assert restored >= value(found["adjusted"], "memorized", point) + 0.3

    def test_a_random_turn_gains_nothing(self, found) -> None:
        assert value(found["turn"], "frontier_score", SWEEP) <= 0.1
