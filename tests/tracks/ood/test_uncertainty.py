"""Intervals over samples: DeLong against its textbook form, the bootstraps against drawing samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.contracts import Interval
from suite.measures.detection import DELONG, auroc_influence
from suite.stats.sampled import estimate, normal_interval, paired_normal, standard_error
from suite.tracks.ood.metrics import auroc, fpr95, fpr95_ood
from suite.tracks.ood.uncertainty import fpr95_interval, fpr95_ood_interval

# Few distinct values, so that ties are the rule.
SCORES = arrays(np.float64, st.integers(2, 25), elements=st.integers(-4, 4).map(float))


@given(SCORES, st.lists(SCORES, min_size=1, max_size=3))
def test_influences_add_up_to_the_mean_auroc(inside: np.ndarray, outside: list[np.ndarray]) -> None:
    expected = np.mean([auroc(inside, scores) for scores in outside])
    assert estimate(auroc_influence(inside, outside)) == pytest.approx(expected, abs=1e-12)


@given(SCORES, SCORES)
def test_the_standard_error_is_delongs(inside: np.ndarray, outside: np.ndarray) -> None:
    kernel = (inside[:, None] > outside).astype(float) + 0.5 * (inside[:, None] == outside)
    rows, columns = kernel.mean(axis=1), kernel.mean(axis=0)
    expected = rows.var(ddof=1) / len(rows) + columns.var(ddof=1) / len(columns)
    assert standard_error(auroc_influence(inside, [outside])) ** 2 == pytest.approx(expected, abs=1e-12)


def auroc_interval(inside: np.ndarray, outside: list[np.ndarray]) -> Interval | None:
    return normal_interval(auroc_influence(inside, outside), basis=DELONG)


def draw(rng: np.random.Generator, sizes: tuple[int, ...] = (400, 300, 200)) -> tuple[np.ndarray, list[np.ndarray]]:
    inside, *outside = (rng.normal(mean, 1.0, size) for mean, size in zip((1.5, 0.0, 0.4), sizes, strict=True))
    return inside, outside


def test_the_auroc_interval_covers_as_often_as_it_claims() -> None:
    truth = np.mean([0.855578, 0.781662])  # normal cdf of 1.5 / sqrt(2) and 1.1 / sqrt(2)
    rng = np.random.default_rng(0)
    found = [auroc_interval(*draw(rng)) for _ in range(1000)]
    assert np.mean([each.low <= truth <= each.high for each in found if each]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    ("interval", "metric"), [(fpr95_interval, fpr95), (fpr95_ood_interval, fpr95_ood)], ids=["fpr95", "fpr95_ood"]
)
@pytest.mark.parametrize("decimals", [1, 15], ids=["ties", "continuous"])
def test_a_direct_bootstrap_is_that_of_drawn_samples(
    interval: Callable[..., Any], metric: Callable[..., float], decimals: int
) -> None:
    rng = np.random.default_rng(3)
    inside, outside = draw(rng)
    inside, outside = inside.round(decimals), [scores.round(decimals) for scores in outside]
    drawn = []
    for _ in range(4000):
        again = rng.choice(inside, inside.size)
        drawn.append(np.mean([metric(again, rng.choice(scores, scores.size)) for scores in outside]))
    found = interval(inside, outside)
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


def test_a_perfect_detector_has_no_delong_interval() -> None:
    assert auroc_interval(np.array([2.0, 3.0]), [np.array([0.0, 1.0])]) is None
    assert fpr95_interval(np.array([2.0, 3.0]), [np.array([0.0, 1.0])]).high == 0.0


def test_two_detectors_on_the_same_samples_are_told_apart_where_their_intervals_overlap() -> None:
    rng = np.random.default_rng(5)
    inside, outside = draw(rng)
    worse = inside + rng.normal(0, 0.6, inside.size), [each + rng.normal(0, 0.6, each.size) for each in outside]
    first, second = auroc_interval(inside, outside), auroc_interval(*worse)
    assert first is not None
    assert second is not None
    assert second.high > first.low
    found = paired_normal(auroc_influence(inside, outside), auroc_influence(*worse), basis="samples")
    assert found.p is not None
    assert found.p < 0.05
