"""The interval of a mean over sets that share images: one image is one sample."""

from __future__ import annotations

import numpy as np
import pytest

from suite.contracts import Column
from suite.stats.sampled import estimate, standard_error
from suite.tracks.ood.generalization.repeated import RepeatedSamples

SHIFTED = Column(metric="accuracy", subset="shifted")


def samples(right: np.ndarray, *parts: np.ndarray) -> RepeatedSamples:
    """Return the samples of sets with these rows of images [N] of which each is right, or not, wherever it is shown."""
    rows = np.concatenate(parts)
    names = [np.full(len(part), f"csid/{number}", dtype=object) for number, part in enumerate(parts)]
    none, zeros = np.full(len(rows), -1), np.zeros(len(rows))
    return RepeatedSamples(
        subset=np.concatenate(names),
        row=rows,
        label=np.ones_like(rows),
        group=none,
        predicted=right[rows].astype(np.int64),
        log_confidence=zeros,
        energy=zeros,
        log_score=zeros,
        brier_score=zeros,
    )


@pytest.mark.parametrize("step", [1, 3])
def test_the_standard_error_is_the_spread_over_draws_of_images(step: int) -> None:
    """Of sets that are the same images, and of a set that is a part of the other."""
    rng, every = np.random.default_rng(0), np.arange(300)
    values, errors = [], []
    for _ in range(500):
        drawn = samples(rng.random(300) < 0.7, every, every[::step])
        influence = drawn.influence(SHIFTED)
        assert influence is not None
        value = drawn.value(SHIFTED)
        assert value is not None
        assert value.value == pytest.approx(estimate(influence.strata), abs=1e-12)
        values.append(value.value)
        errors.append(standard_error(influence.strata))
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.1)


def test_one_set_is_as_without_repetition() -> None:
    drawn = samples(np.arange(50) % 3 > 0, np.arange(50))
    influence = drawn.influence(Column(metric="accuracy", subset="csid/0"))
    assert influence is not None
    assert set(influence.strata) == {"csid/0"}
