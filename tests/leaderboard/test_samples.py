"""What is computed from per-sample tables, against the metric's own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.leaderboard.components.samples import CURVE_POINTS, histogram, roc, thinned
from suite.tracks.ood.metrics import auroc

few = st.lists(st.integers(-3, 3), min_size=1, max_size=30)  # few values, many ties


@given(few, few)
def test_area_is_the_auroc_with_ties(inside: list[int], outside: list[int]) -> None:
    curve = roc(np.array(inside, float), np.array(outside, float))
    assert curve.area == pytest.approx(auroc(inside, outside), abs=1e-12)
    assert (curve.other[0], curve.reference[0]) == (0, 0)
    assert (curve.other[-1], curve.reference[-1]) == (1, 1)


def test_thinning_keeps_the_ends_and_the_exact_area() -> None:
    generator = np.random.default_rng(0)
    curve = roc(generator.normal(1, 1, 3000), generator.normal(0, 1, 3000))
    shown = thinned(curve)
    assert shown.other.size == CURVE_POINTS
    assert (shown.other[0], shown.other[-1], shown.area) == (0, 1, curve.area)


@given(few, few)
def test_histogram_shares_add_up_whatever_lies_outside(inside: list[int], outside: list[int]) -> None:
    bars = histogram({"id": np.array([*inside, 1e9]), "x": np.array(outside, float)})
    for name in ("id", "x"):
        assert sum(float(str(bar["share"])) for bar in bars if bar["subset"] == name) == pytest.approx(1)
