"""Walkers: what is counted and refused, and that noise depends on the seed alone."""

from __future__ import annotations

import numpy as np
import pytest

from suite.tracks.temperature.landscapes.circle import Circle
from suite.tracks.temperature.landscapes.ring import Ring
from suite.tracks.temperature.walkers import checkpoints


def test_every_evaluation_counts(walkers) -> None:
    made = walkers(Circle(), budget=100)
    made.walk(np.ones(10))
    assert made.left == 90
    assert made.energies().shape == (8, 1)
    made.gather(np.zeros((8, 3), np.int64))
    made.walk(np.ones((4, 3)))
    assert made.energies().shape == (8, 3)
    assert made.left == 100 - 10 - 1 - 12 - 3


@pytest.mark.parametrize(
    ("betas", "why"),
    [
        (np.ones(101), "101 evaluations a run. Only 100 are left"),
        (np.array([1.0, 0.0]), "must be positive and finite"),
        (np.array([np.nan]), "must be positive and finite"),
        (np.array([np.inf]), "must be positive and finite"),
        (np.ones((2, 2)), r"not \[S\] or \[S, 1\]"),
    ],
)
def test_steps_that_cannot_be_are_refused(walkers, betas: np.ndarray, why: str) -> None:
    made = walkers(Circle())
    with pytest.raises(ValueError, match=why):
        made.walk(betas)
    assert made.left == 100


def test_energies_beyond_the_budget_are_refused(walkers) -> None:
    made = walkers(Circle(), budget=3)
    made.walk(np.ones(3))
    with pytest.raises(ValueError, match=r"energies cost 1 evaluations a run\. Only 0 are left"):
        made.energies()


@pytest.mark.parametrize("rows", [np.zeros(8, int), np.zeros((7, 1), int), np.ones((8, 1), int), np.zeros((8, 1))])
def test_walkers_that_are_not_there_are_refused(walkers, rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="rows"):
        walkers(Circle()).gather(rows)


def test_gathering_moves_walkers_within_their_run(walkers) -> None:
    made = walkers(Circle(), runs=2)
    made.gather(np.zeros((2, 3), int))
    made.walk(np.full((5, 3), 0.5))
    before = made.states[0].reshape(3, 2)
    made.gather(np.array([[2, 0], [1, 1]]))
    assert made.states[0].reshape(2, 2).tolist() == [[before[2, 0], before[1, 1]], [before[0, 0], before[1, 1]]]


def test_noise_does_not_depend_on_how_a_method_calls(walkers) -> None:
    one, other, another = walkers(Circle()), walkers(Circle()), walkers(Circle(), seed=1)
    one.walk(np.ones(100))
    for count in (1, 70, 29):
        other.walk(np.ones(count))
    another.walk(np.ones(100))
    assert np.array_equal(one.states, other.states)
    assert not np.array_equal(one.states, another.states)


def test_noise_has_its_variance(walkers) -> None:
    made = walkers(Circle(), runs=4000, budget=1)
    made.walk(np.array([0.5]))
    assert made.states.std() == pytest.approx(np.sqrt(2 * 0.01 / 0.5), rel=0.05)


def test_the_answer_is_looked_at_when_its_budget_is_spent(walkers) -> None:
    looks = checkpoints(100, 10)
    assert {0, 7, 25, 100} <= set(looks.tolist())
    made = walkers(Circle(), budget=100)
    made.gather(np.zeros((8, 2), int))
    made.walk(np.ones((30, 2)))
    made.finish()
    record = made.record
    assert len(record.inside) == len(record.walked) == len(looks)
    assert [record.walked[looks.tolist().index(look)] for look in (0, 7, 25, 100)] == [0, 4, 13, 30]
    assert not record.alone


class TestModes:
    def test_in_the_loss_there_is_no_noise_and_tau_falls(self, walkers) -> None:
        ring = Ring(4, 0.2, 1.0)
        made = walkers(ring, mode="loss-only", coldest=10.0)
        before = made.states.copy()
        made.walk(np.array([5.0]))
        assert np.allclose(made.states, before - 0.01 * ring.slope(before, 0.4), atol=1e-6)
        before = made.states.copy()
        made.walk(np.array([20.0]))  # colder than the coldest: tau is the task's
        assert np.allclose(made.states, before - 0.01 * ring.slope(before, 0.2), atol=1e-6)

    def test_in_both_noise_and_tau_go_together(self, walkers) -> None:
        ring = Ring(4, 0.2, 1.0)
        both, noise = (walkers(ring, mode=mode, coldest=10.0) for mode in ("noise-and-loss", "noise-only"))
        before = both.states.copy()
        for made in (both, noise):
            made.walk(np.array([5.0]))
        pulled = 0.01 * (ring.slope(before, 0.4) - ring.slope(before, 0.2))
        assert np.allclose(both.states, noise.states - pulled, atol=1e-6)

    def test_each_walker_has_a_tau_of_its_own(self, walkers) -> None:
        one, two = (walkers(Ring(4, 0.2, 1.0), mode="loss-only", coldest=10.0) for _ in range(2))
        one.gather(np.zeros((8, 2), int))
        one.walk(np.array([[5.0, 2.5]]))
        two.walk(np.array([5.0]))
        assert np.allclose(one.states[:, :8], two.states)
        assert not np.allclose(one.states[:, 8:], two.states)
