"""The metrics against their definitions, by brute force, ties included."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from suite.tracks.ood.metrics import DETECTION, METRICS, aupr_in, aupr_out, auroc, fpr95, fpr95_ood

# Few distinct values make ties the rule; infinities are ordered like numbers.
tied = st.lists(st.sampled_from([-np.inf, -1.5, 0.0, 0.25, 0.5, 1.0, 3.0, np.inf]), min_size=1, max_size=40)
smooth = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
scores = st.one_of(tied, smooth)


def brute_auroc(inside: list[float], outside: list[float]) -> float:
    wins = sum((i > o) + 0.5 * (i == o) for i in inside for o in outside)
    return wins / (len(inside) * len(outside))


def brute_fpr95(inside: list[float], outside: list[float]) -> float:
    thresholds = [t for t in inside if 100 * sum(i >= t for i in inside) >= 95 * len(inside)]
    return sum(o >= max(thresholds) for o in outside) / len(outside)


def brute_fpr95_ood(inside: list[float], outside: list[float]) -> float:
    thresholds = [t for t in outside if 100 * sum(o <= t for o in outside) >= 95 * len(outside)]
    return sum(i <= min(thresholds) for i in inside) / len(inside)


def brute_average_precision(positive: list[float], negative: list[float]) -> float:
    total, recall = 0.0, 0.0
    for t in sorted(set(positive) | set(negative), reverse=True):
        hits, alarms = sum(p >= t for p in positive), sum(n >= t for n in negative)
        total += (hits / len(positive) - recall) * hits / (hits + alarms)
        recall = hits / len(positive)
    return total


@given(scores, scores)
def test_metrics_are_their_definitions(inside: list[float], outside: list[float]) -> None:
    assert auroc(inside, outside) == pytest.approx(brute_auroc(inside, outside), abs=1e-15)
    assert fpr95(inside, outside) == brute_fpr95(inside, outside)
    assert fpr95_ood(inside, outside) == brute_fpr95_ood(inside, outside)
    assert aupr_in(inside, outside) == pytest.approx(brute_average_precision(inside, outside), abs=1e-12)
    negated = [-o for o in outside], [-i for i in inside]
    assert aupr_out(inside, outside) == pytest.approx(brute_average_precision(*negated), abs=1e-12)


@given(smooth, smooth)
def test_auroc_and_average_precision_agree_with_scikit_learn(inside: list[float], outside: list[float]) -> None:
    truth, values = np.r_[np.ones(len(inside)), np.zeros(len(outside))], np.r_[inside, outside]
    assert auroc(inside, outside) == pytest.approx(roc_auc_score(truth, values), abs=1e-12)
    assert aupr_in(inside, outside) == pytest.approx(average_precision_score(truth, values), abs=1e-12)
    assert aupr_out(inside, outside) == pytest.approx(average_precision_score(1 - truth, -values), abs=1e-12)


@given(scores, scores, st.randoms())
def test_metrics_do_not_depend_on_order_or_scale(inside: list[float], outside: list[float], random: Random) -> None:
    shuffled = list(inside)
    random.shuffle(shuffled)
    for function in DETECTION.values():
        assert function(shuffled, outside) == function(inside, outside)
        assert function(2 * np.asarray(inside), 2 * np.asarray(outside)) == function(inside, outside)


@given(scores, scores)
def test_swapping_the_classes_mirrors_the_metrics(inside: list[float], outside: list[float]) -> None:
    negated = -np.asarray(outside), -np.asarray(inside)
    assert auroc(inside, outside) + auroc(outside, inside) == pytest.approx(1, abs=1e-15)
    assert fpr95(inside, outside) == fpr95_ood(*negated)
    assert aupr_in(inside, outside) == aupr_out(*negated)


def test_the_two_conventions_of_fpr95_differ() -> None:
    """The worked example of the methods' reference, section 7.4."""
    inside, outside = np.arange(1, 21), np.r_[np.arange(-18, 1), 10.5]
    assert auroc(inside, outside) == 0.975
    assert fpr95(inside, outside) == 0.05
    assert fpr95_ood(inside, outside) == 0.0


def test_ties_do_not_drop_the_first_threshold() -> None:
    """OpenOOD and detectors take the first ROC point with TPR >= 0.95 from scikit-learn's default curve.

    That leaves out collinear points, as the first one here is: they report 0.4 where the definition says 0.3.
    """
    inside = np.repeat([4.0, 3.0, 2.0], [90, 5, 5])
    outside = np.repeat([4.0, 3.0, 2.0, 1.0], [20, 10, 10, 60])
    truth = np.repeat([1, 0], [inside.size, outside.size])
    shares, recalls, _ = roc_curve(truth, np.r_[inside, outside])
    assert shares[np.argmax(recalls >= 0.95)] == 0.4
    assert fpr95(inside, outside) == 0.3
    assert fpr95_ood(-outside, -inside) == 0.3  # the same question with the classes swapped


def test_the_conventions_tell_opposite_stories_of_one_detector() -> None:
    """The peers' published example: 95 % N(0, 1) and 5 % N(5, 1) of ID against N(2, 0.5), signs as an outlier score."""
    rng = np.random.default_rng(0)
    inside = -np.r_[rng.normal(0, 1, 95_000), rng.normal(5, 1, 5_000)]
    outside = -rng.normal(2, 0.5, 100_000)
    assert auroc(inside, outside) == pytest.approx(0.918, abs=3e-3)
    assert fpr95_ood(inside, outside) == pytest.approx(0.158, abs=6e-3)
    assert fpr95(inside, outside) == pytest.approx(0.987, abs=2e-2)


def test_a_constant_score_is_chance() -> None:
    ones = np.ones(50)
    values = {metric: function(ones, ones) for metric, function in DETECTION.items()}
    assert values == {"auroc": 0.5, "fpr95": 1.0, "fpr95_ood": 1.0, "aupr_in": 0.5, "aupr_out": 0.5}


@pytest.mark.parametrize("function", DETECTION.values())
def test_bad_scores_are_refused_with_their_place(function: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match=r"ID: 1 of 3 scores are NaN, the first at index 1"):
        function([1.0, np.nan, 2.0], [0.0])
    with pytest.raises(ValueError, match="OOD: expected a non-empty array"):
        function([1.0], [])
    with pytest.raises(ValueError, match=r"shape \(1, 2\)"):
        function([[1.0, 2.0]], [0.0])


def test_inputs_are_left_as_they_were() -> None:
    inside, outside = np.array([3.0, 1.0, 2.0]), np.array([2.0, 0.0])
    for function in DETECTION.values():
        function(inside, outside)
    assert inside.tolist() == [3.0, 1.0, 2.0]
    assert outside.tolist() == [2.0, 0.0]


def test_no_name_is_given_to_two_metrics() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert {"fpr95", "fpr95_ood"} <= {metric.name for metric in METRICS}
