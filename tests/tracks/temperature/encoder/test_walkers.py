"""An encoder in training: what is counted and refused, and that batches depend on the seed alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from suite.benchmarks.temperature.contrastive_digits import ContrastiveDigitsTask
from suite.contracts import Resources, TaskContext
from suite.tracks.temperature import Walkers
from suite.tracks.temperature.encoder.protocol import tailed
from suite.tracks.temperature.encoder.walkers import EncoderWalkers
from suite.tracks.temperature.landscapes.circle import Circle


@pytest.fixture
def encoder(resources: Resources) -> Callable[..., EncoderWalkers]:
    """Makes an encoder of digits before its training."""

    def made(seed: int = 0, updates: int = 8, **setting: str) -> EncoderWalkers:
        task = ContrastiveDigitsTask()
        task.training = replace(task.training, updates=updates, batch=40)
        return task.walkers(TaskContext(seed, resources, task.setting(setting)))

    return made


def test_updates_and_energies_count(encoder) -> None:
    made = encoder()
    made.walk(np.full(5, 3.0))
    assert made.left == 3
    assert made.energies().shape == (1, 1)
    assert made.left == 2
    assert made.record.betas == [3.0] * 5
    with pytest.raises(ValueError, match=r"steps cost 3 evaluations\. Only 2 are left"):
        made.walk(np.ones(3))
    made.walk(np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"energies cost 1 evaluations\. Only 0 are left"):
        made.energies()


@pytest.mark.parametrize("betas", [np.array([0.0]), np.array([np.nan]), np.array([-1.0]), np.ones((2, 2))])
def test_what_is_no_temperature_is_refused(encoder, betas: np.ndarray) -> None:
    made = encoder()
    with pytest.raises(ValueError, match="positive and finite"):
        made.walk(betas)
    assert made.left == 8


def test_one_encoder_does_not_multiply(encoder) -> None:
    made = encoder()
    made.gather(np.zeros((1, 1), int))
    with pytest.raises(ValueError, match="It cannot be copied"):
        made.gather(np.zeros((1, 2), int))


def test_training_depends_on_the_seed_and_the_temperatures_alone(encoder) -> None:
    one, steps, other, colder = encoder(), encoder(), encoder(1), encoder()
    assert np.array_equal(one.finish(), steps.finish())
    assert not np.array_equal(one.finish(), other.finish())
    one.walk(np.full(6, 5.0))
    for count in (1, 3, 2):
        steps.walk(np.full(count, 5.0))
    colder.walk(np.full(6, 6.0))
    assert np.array_equal(one.finish(), steps.finish())
    assert not np.array_equal(one.finish(), colder.finish())


@pytest.mark.parametrize("objective", ["infonce", "infoloob"])
def test_the_slope_is_that_of_the_loss(encoder, objective: str) -> None:
    width, found = 1e-3, []
    for log_beta in (1.0 - width, 1.0 + width):
        made = encoder(objective=objective)
        made.coldest = float(np.exp(log_beta))
        found.append(made.energies()[0, 0])  # the loss of the first batch, before any update
    made = encoder(objective=objective)
    assert np.isnan(made.slopes()).all()
    made.walk(np.exp([1.0]))
    assert made.slopes()[0, 0] == pytest.approx((found[1] - found[0]) / (2 * width), rel=0.02, abs=2e-3)


def test_landscapes_give_no_slope(walkers) -> None:
    made: Walkers = walkers(Circle())
    with pytest.raises(ValueError, match=r"needs = \{'loss'\}"):
        made.slopes()


def test_a_long_tail_thins_classes_out_to_a_tenth(encoder) -> None:
    labels = np.repeat(np.arange(10), 120)
    kept = tailed(labels, np.random.default_rng(0))
    counts = sorted(np.bincount(labels[kept]).tolist())
    assert counts[0] == 12
    assert counts[-1] == 120
    assert len(set(kept.tolist())) == len(kept)
    assert len(encoder().images) == 1200
    assert 400 < len(encoder(classes="long-tail").images) < 600
