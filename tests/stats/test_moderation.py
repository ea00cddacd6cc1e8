"""The prior of variances: found again where variances are drawn from one, and without harm where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from suite.stats.moderation import Prior, estimate_prior


@pytest.mark.parametrize(("prior_freedom", "freedom"), [(3.0, 4), (8.0, 2), (20.0, 9)])
def test_a_known_prior_is_found_again(prior_freedom: float, freedom: int) -> None:
    rng = np.random.default_rng(0)
    true = 0.5 * prior_freedom / rng.chisquare(prior_freedom, 20_000)
    found = estimate_prior(true * rng.chisquare(freedom, true.size) / freedom, freedom)
    assert found.variance == pytest.approx(0.5, rel=0.05)
    assert found.freedom == pytest.approx(prior_freedom, rel=0.2)


def test_equal_variances_are_pooled() -> None:
    rng = np.random.default_rng(1)
    found = estimate_prior(2.0 * rng.chisquare(4, 5000) / 4, 4)
    assert found.freedom > 50
    assert found.moderated(np.array([0.1, 9.0]), 4) == pytest.approx(2.0, rel=0.2)


def test_a_constant_difference_keeps_a_spread_from_the_others() -> None:
    found = estimate_prior(np.array([0.0, 1.0, 2.0, 1.5, 0.5]), 4)
    assert found.moderated(np.zeros(1), 4)[0] > 0


@pytest.mark.parametrize("variances", [[], [1.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
def test_too_little_gives_a_prior_without_weight(variances: list[float]) -> None:
    assert estimate_prior(np.array(variances), 4) == Prior(0.0, 0.0)


def test_the_posterior_lies_between_prior_and_sample() -> None:
    prior = Prior(2.0, 4.0)
    assert prior.moderated(np.array([0.0, 2.0, 4.0]), 4) == pytest.approx([1.0, 2.0, 3.0])
    assert Prior(2.0, math.inf).moderated(np.array([0.0, 7.0]), 4) == pytest.approx([2.0, 2.0])
