"""The denoisers that come with the suite have the basin of the prototype, and methods do on them what they did there.

Adjusted noise and the best of N noises are not told apart, so no order among them is asserted.
"""

from __future__ import annotations

import numpy as np
import pytest

from .acceptance import FIGURES, PLAIN_OF_FEW, PLAIN_SHARE, SEEDS, Found, found, gain, of_point, shares

NOISES, MANY = 4, 10
"""Of each caption, and for delays: 240 and 600 samples for a strength on three seeds."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seeds(resources) -> list[Found]:
    return [found(seed, NOISES, MANY, resources) for seed in SEEDS]


def mean(seeds: list[Found], name: str) -> list[float]:
    return np.mean([shares(seed[name]) for seed in seeds], axis=0).tolist()


@pytest.mark.parametrize("what", FIGURES)
def test_a_figure_of_the_prototype_is_found_again(what: str, seeds: list[Found]) -> None:
    read, expected, low, high = FIGURES[what]
    each = [read(seed) for seed in seeds]
    assert low <= np.mean(each) <= high, f"expected {expected}, found {each}"


def test_every_seed_memorizes(seeds: list[Found]) -> None:
    assert min(PLAIN_SHARE(seed) for seed in seeds) >= 0.6


@pytest.mark.parametrize("name", ["delays", "best", "shell"])
def test_more_strength_is_less_memorization(name: str, seeds: list[Found]) -> None:
    found = mean(seeds, name)
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)


def test_more_moves_and_smaller_norms_are_less_memorization(seeds: list[Found]) -> None:
    readers = (
        of_point("worst", "memorized", "of 4"),
        PLAIN_OF_FEW,
        *(of_point("batchwise", "memorized", label) for label in ("0.7 x 2", "0.7 x 4")),
    )
    found = [float(np.mean([read(seed) for seed in seeds])) for read in readers]
    assert found == sorted(found, reverse=True)


def test_adjusted_noise_is_above_a_delay_beyond_chance(seeds: list[Found]) -> None:
    for name in ("shell", "batchwise", "best"):
        drawn = np.mean([gain(name, "delay")(seed) for seed in seeds], axis=0)
        assert np.quantile(drawn, 0.025) > 0, name
