"""Sums and ratios of statistics that are influence values, against what they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.measures.detection import auroc, auroc_influence
from suite.stats.influence import combined, ratio
from suite.stats.sampled import estimate, standard_error


@given(st.integers(0, 1000), st.integers(2, 60), st.integers(2, 60), st.floats(-3, 3), st.floats(-3, 3))
def test_sums_and_ratios_keep_the_value(seed: int, n: int, m: int, weight: float, constant: float) -> None:
    rng = np.random.default_rng(seed)
    one = {"a": rng.random(n), "b": rng.random(m)}
    other = {"a": rng.random(n) + 1}
    both = combined([(1, one), (weight, other)], constant)
    assert set(both) == {"a", "b"}
    assert estimate(both) == pytest.approx(estimate(one) + weight * estimate(other) + constant)
    assert estimate(ratio(one, other)) == pytest.approx(estimate(one) / estimate(other))
    assert standard_error(combined([(1, one), (-1, one)])) == pytest.approx(0, abs=1e-12)
    assert standard_error(ratio(one, one)) == pytest.approx(0, abs=1e-12)


def test_the_error_of_a_ratio_of_aurocs_is_that_of_fresh_samples() -> None:
    rng = np.random.default_rng(0)

    def draw() -> tuple[float, float]:
        inside, outside = rng.standard_normal((2, 150)), rng.standard_normal((2, 100))
        inside[1], outside[1] = inside[0] + 0.7 * inside[1], outside[0] + 0.7 * outside[1]  # the same samples, blurred
        parts = [
            combined([(1, auroc_influence(ins + 1.5, [out]))], -0.5) for ins, out in zip(inside, outside, strict=True)
        ]
        kept = ratio(parts[1], parts[0])
        direct = [auroc(ins + 1.5, out) - 0.5 for ins, out in zip(inside, outside, strict=True)]
        assert estimate(kept) == pytest.approx(direct[1] / direct[0])
        return estimate(kept), standard_error(kept)

    values, errors = np.array([draw() for _ in range(400)]).T
    assert np.mean(errors) == pytest.approx(values.std(ddof=1), rel=0.12)
