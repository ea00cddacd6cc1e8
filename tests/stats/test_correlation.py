"""Rank correlations against SciPy's, and what they say of constants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from suite.stats.correlation import partial_spearman, spearman

few = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=4, max_size=40)


@given(few)
def test_correlations_are_scipys(rows: list[tuple[int, int, int]]) -> None:
    a, b, given_ = np.array(rows, dtype=np.float64).T
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert spearman(a, b) == 0
        return
    assert spearman(a, b) == pytest.approx(spearmanr(a, b)[0], abs=1e-12)
    if np.ptp(given_) == 0:
        assert partial_spearman(a, b, given_) == pytest.approx(spearman(a, b), abs=1e-9)
        return
    ab, ag, bg = spearman(a, b), spearman(a, given_), spearman(b, given_)
    rest = (1 - ag**2) * (1 - bg**2)
    expected = (ab - ag * bg) / rest**0.5 if rest > 1e-9 else 0.0
    assert partial_spearman(a, b, given_) == pytest.approx(expected, abs=1e-6)


def test_a_correlation_that_is_the_rivals_alone_is_controlled_away() -> None:
    rng = np.random.default_rng(0)
    rival = rng.normal(size=4000)
    energy, forgetting = rival + rng.normal(size=4000), rival + rng.normal(size=4000)
    assert spearman(energy, forgetting) > 0.4
    assert abs(partial_spearman(energy, forgetting, rival)) < 0.06
