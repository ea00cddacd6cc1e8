"""The denoisers that come with the suite have a basin, and the methods do on them what they did in the prototype.

Orders that hold on every model are asserted, and shares within the spread between models. Adjusted noise and the best
of N noises are not told apart, so no order among them is asserted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata

from suite.benchmarks.memorization.digits import DigitsTask
from suite.contracts import Column, TaskContext
from suite.plugins.memorization.batchwise_noise import BatchwiseNoise
from suite.plugins.memorization.best_of_n import BestOfN
from suite.plugins.memorization.persample_noise_on_shell import PersampleNoiseOnShell
from suite.plugins.memorization.random_turn import RandomTurn
from suite.plugins.memorization.static_delay import StaticDelay
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, POINTS, SWEEP
from suite.tracks.memorization.samples import MitigationSamples

METHODS: dict[str, Any] = {
    "delay": StaticDelay(delays=(0.08, 0.2, 0.4)),
    "batchwise": BatchwiseNoise(moves=((0.7, 2, 0.0), (0.7, 4, 0.0))),
    "best": BestOfN(candidates=(4, 16)),
    "on shell": PersampleNoiseOnShell(targets=(0.8,)),
    "turn": RandomTurn(targets=(0.8,)),
}


@pytest.fixture(scope="module")
def found(resources) -> dict[str, MitigationSamples]:
    experiment = Experiment(DigitsTask(), TaskContext(0, resources), noises=10)
    return {name: measured(method, experiment).samples for name, method in METHODS.items()}


def value(samples: MitigationSamples, metric: str, subset: str) -> float:
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def memorized(samples: MitigationSamples) -> list[float]:
    return [value(samples, "memorized", point) for point in (PLAIN, *POINTS[: len(samples.points)])]


@pytest.mark.slow
class TestBasin:
    def test_plain_guidance_memorizes_and_ordinary_captions_are_not(self, found) -> None:
        samples = found["delay"]
        assert value(samples, "memorized", FREE) <= 0.06
        assert value(samples, "memorized", PLAIN) >= 0.6
        assert value(samples, "alignment", PLAIN) >= 0.95
        assert value(samples, "memorized", ORDINARY) <= 0.01
        assert value(samples, "alignment", ORDINARY) >= 0.85

    @pytest.mark.parametrize("name", ["delay", "batchwise", "best"])
    def test_more_strength_is_less_memorization(self, found, name: str) -> None:
        shares = memorized(found[name])
        assert shares == sorted(shares, reverse=True)
        assert shares[-1] < 0.6 * shares[0]

    def test_direction_counts_and_not_distance(self, found) -> None:
        plain, turned = memorized(found["turn"])
        assert abs(turned - plain) <= 0.08
        assert value(found["turn"], "frontier_score", SWEEP) <= 0.1
        assert memorized(found["on shell"])[1] <= plain - 0.35
        for name in ("turn", "on shell"):
            assert value(found[name], "noise_norm", "point 1") == pytest.approx(value(found[name], "noise_norm", PLAIN))

    def test_adjusted_noise_is_above_a_delay(self, found) -> None:
        delay = value(found["delay"], "frontier_score", SWEEP)
        assert value(found["batchwise"], "frontier_score", SWEEP) > delay
        assert value(found["on shell"], "frontier_score", SWEEP) > delay

    def test_the_first_norm_tells_which_noise_is_memorized(self, found) -> None:
        samples = found["delay"]
        plain, areas = samples.subset == PLAIN, []
        for caption in np.unique(samples.caption[plain]):
            rows = plain & (samples.caption == caption)
            copies, ranks = samples.memorized[rows], rankdata(samples.guidance[rows])
            if 0 < (count := copies.sum()) < len(copies):
                areas.append((ranks[copies].sum() - count * (count + 1) / 2) / (count * (len(copies) - count)))
        assert np.mean(areas) >= 0.68
