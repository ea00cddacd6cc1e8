"""Rates against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.memorization.detection.rates import auroc, found_at

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({kind for _, kind in pairs}) == 2
)


@given(pairs=PAIRS)
def test_the_area_is_the_share_of_pairs_in_order(pairs) -> None:
    scores, kinds = np.array([p for p, _ in pairs], dtype=float), np.array([k for _, k in pairs])
    differences = scores[kinds][:, None] - scores[~kinds][None]
    assert auroc(scores, kinds) == pytest.approx(((differences > 0) + 0.5 * (differences == 0)).mean())


@given(pairs=PAIRS, flagged=st.sampled_from([0.0, 0.01, 0.04, 0.5]))
def test_no_more_of_the_others_are_flagged(pairs, flagged) -> None:
    scores, kinds = np.array([p for p, _ in pairs], dtype=float), np.array([k for _, k in pairs])
    found = found_at(scores, kinds, flagged)
    thresholds = [t for t in np.unique(scores) if (scores[~kinds] > t).mean() <= flagged + 1e-9]
    assert found == pytest.approx((scores[kinds] > min(thresholds)).mean())


def test_one_kind_has_no_area() -> None:
    with pytest.raises(ValueError, match="3 samples are suspicious and 0 are not"):
        auroc(np.arange(3.0), np.ones(3, dtype=bool))
