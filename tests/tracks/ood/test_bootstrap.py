"""The bootstrap by counts is the bootstrap by drawing, to the last bits and with ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.measures.detection import DELONG, auroc_influence
from suite.stats.sampled import normal_interval
from suite.tracks.ood.bootstrap import draw, metrics, resampled
from suite.tracks.ood.metrics import auroc, fpr95, fpr95_ood
from suite.tracks.ood.uncertainty import fpr95_interval, fpr95_ood_interval

SCORES = arrays(np.float64, st.integers(1, 30), elements=st.integers(-3, 3).map(float))


@given(SCORES, SCORES, st.integers(0, 100))
def test_every_resample_has_its_own_metrics(inside: np.ndarray, outside: np.ndarray, seed: int) -> None:
    drawn = draw((inside.size, outside.size), 3, seed)
    found = metrics(inside, outside, *drawn)
    for i in range(3):
        again = np.repeat(inside, drawn[0][i]), np.repeat(outside, drawn[1][i])
        assert found["auroc"][i] == pytest.approx(auroc(*again), abs=1e-12)
        assert found["fpr95"][i] == pytest.approx(fpr95(*again), abs=1e-12)
        assert found["fpr95_ood"][i] == pytest.approx(fpr95_ood(*again), abs=1e-12)


def test_as_many_are_drawn_as_there_are() -> None:
    many, few = draw((70_000, 5), 4)
    assert (many.sum(axis=1) == 70_000).all()
    assert (few.sum(axis=1) == 5).all()
    assert many.mean() == 1.0
    assert many.var() == pytest.approx(1.0, abs=0.02)  # Poisson of mean one


def test_it_agrees_with_the_intervals_of_one_detector() -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(1.5, 1, 1500), rng.normal(0, 1, 1000)
    found = metrics(inside, outside, *draw((1500, 1000), 2000))
    for name, interval in (
        ("auroc", normal_interval(auroc_influence(inside, [outside]), basis=DELONG)),
        ("fpr95", fpr95_interval(inside, [outside])),
        ("fpr95_ood", fpr95_ood_interval(inside, [outside])),
    ):
        assert interval is not None
        expected = np.quantile(found[name], [0.025, 0.975])
        assert (interval.low, interval.high) == pytest.approx(expected, abs=0.012), name


def test_two_detectors_share_their_draws_which_depend_on_sizes_alone() -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(1.5, 1, 40), [rng.normal(0, 1, 30), rng.normal(0, 1, 20)]
    assert draw((40, 30, 20)) is draw((40, 30, 20))
    one, other = (resampled(sign * inside, [sign * scores for scores in outside], "auroc") for sign in (1, -1))
    assert one + other == pytest.approx(np.ones(1000))  # the same resamples, in the opposite order
    draw((7,))
    assert np.array_equal(resampled(inside, outside, "auroc"), one)
