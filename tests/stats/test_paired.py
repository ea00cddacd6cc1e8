"""The paired test against SciPy and under the null; Holm against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from suite.stats.paired import holm, paired_t

pairs = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=2, max_size=20)


@given(pairs)
def test_it_is_scipys(sample: list[tuple[float, float]]) -> None:
    a, b = zip(*sample, strict=True)
    found = paired_t(a, b, over="seeds")
    if found.p is None:
        assert np.std(np.subtract(a, b)) <= 1e-9
        return
    expected = stats.ttest_rel(a, b)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
    assert found.mean == pytest.approx(np.mean(np.subtract(a, b)), abs=1e-9)


def test_a_difference_without_spread_has_no_p() -> None:
    found = paired_t([1.0, 2.0, 3.0], [0.5, 1.5, 2.5], over="seeds")
    assert (found.mean, found.interval, found.p) == (0.5, None, None)


@pytest.mark.parametrize(("a", "b"), [([1.0], [1.0, 2.0]), ([], [])])
def test_unpaired_input_is_refused(a: list[float], b: list[float]) -> None:
    with pytest.raises(ValueError, match="equally long"):
        paired_t(a, b, over="seeds")


def test_false_positives_are_nominal_under_the_null() -> None:
    rng = np.random.default_rng(1)
    seeds = rng.normal(size=(2000, 5))  # a shared seed effect, which pairing must remove
    a, b = (seeds + rng.normal(scale=0.3, size=seeds.shape) for _ in range(2))
    p = [paired_t(x, y, over="seeds").p for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    assert 0.03 <= np.mean([value is not None and value < 0.05 for value in p]) <= 0.07


def test_holm_is_its_definition() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_only_raises_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert all(q >= each and q <= 1 for each, q in zip(p, adjusted, strict=True))
    order = np.argsort(p, kind="stable")
    assert np.all(np.diff(np.asarray(adjusted)[order]) >= 0)
