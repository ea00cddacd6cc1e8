"""How streams without boundaries are drawn."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay.blurry.draw import SiBlurry

LABELS = np.random.default_rng(0).integers(0, 10, 400)


@given(st.integers(0, 1000), st.integers(2, 6), st.floats(0, 1), st.floats(0, 1))
def test_every_sample_comes_once_and_disjoint_classes_in_one_session(
    seed: int, sessions: int, disjoint: float, blurred: float
) -> None:
    shares = SiBlurry(sessions, disjoint, blurred)
    rows = shares.drawn(LABELS, 10, np.random.default_rng(seed))
    own, shared = shares.dealt(10, np.random.default_rng(seed))
    assert len(rows) == len(own) == len(shared) == sessions
    assert sorted(np.concatenate(rows).tolist()) == list(range(400))
    assert sorted(label for part in [*own, *shared] for label in part) == list(range(10))
    for number, part in enumerate(own):
        assert not np.isin(LABELS[np.concatenate(rows[:number] + rows[number + 1 :])], part).any()


def test_as_many_samples_change_places_as_are_asked_for() -> None:
    shares = SiBlurry(blurred=0.3)
    away, blurry = [], []
    for seed in range(50):
        rows = shares.drawn(LABELS, 10, np.random.default_rng(seed))
        own, shared = shares.dealt(10, np.random.default_rng(seed))
        home = {label: number for part in (own, shared) for number, labels in enumerate(part) for label in labels}
        away.append(sum(home[LABELS[row]] != number for number, part in enumerate(rows) for row in part))
        blurry.append(np.isin(LABELS, np.concatenate([*shared])).sum())
    share = np.sum(away) / np.sum(blurry)
    assert 0.05 < share < 0.3  # some are dealt back to where they came from, and a session has no more than it has


def test_without_shares_it_is_a_split_stream() -> None:
    rows = SiBlurry(sessions=5, disjoint=0.0, blurred=0.0).drawn(LABELS, 10, np.random.default_rng(3))
    assert [len(np.unique(LABELS[part])) for part in rows] == [2] * 5
