"""The synthetic example: labels, the grid, and what an untrained network hears of one feature."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from suite.contracts import TaskContext
from suite.tracks.learning_rate import ticks
from suite.tracks.learning_rate.problem import Part, Problem


@pytest.mark.parametrize(
    ("point", "label"), [((0, 0.5), 1), ((0, -1), 0), ((0, -2.5), -1), ((1, 0), 0), ((2, -1), 1), ((1, 1), -1)]
)
def test_points_have_the_classes_of_their_side_of_the_curves(point: tuple[float, float], label: int) -> None:
    assert ticks.classes(np.array(point)) == label


def test_the_authors_grid() -> None:
    assert len(ticks.RATES) == 23
    assert [round(ticks.RATES[place], 6) for place in (10, 13, 17)] == [0.007499, 0.017783, 0.056234]
    assert list(ticks.RATES) == sorted(ticks.RATES)
    assert (ticks.RATES[0], ticks.RATES[-1]) == (pytest.approx(10**-4.5), 1)


@given(seed=st.integers(0, 2**16), only=st.sampled_from([None, 0, 7, 15]))
def test_informative_features_have_the_label_and_others_tell_nothing(seed: int, only: int | None) -> None:
    inputs, labels = ticks.samples(20, np.random.default_rng(seed), only)
    for feature, points in enumerate(inputs.double().numpy().reshape(20, ticks.FEATURES, 2).transpose(1, 0, 2)):
        if only is None or feature == only:
            assert (ticks.classes(points) == labels.numpy()).all()
        else:
            x, y = points.T
            assert (np.minimum(abs(abs(x) - y), abs(abs(x) - 2 - y)) < 1e-6).all()


def test_an_untrained_network_hears_no_single_feature(tick_problem: Problem, context: TaskContext) -> None:
    probe = Part(*ticks.samples(4000, context.rng("features"), only=3))
    assert tick_problem.errors(tick_problem.start, probe).mean() == pytest.approx(0.5, abs=0.03)
