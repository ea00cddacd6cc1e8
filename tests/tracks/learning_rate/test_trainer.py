"""The trainer counts every gradient, stays on the sphere, and takes the step of the effective rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.trainer import TaskTrainer

GRID = torch.tensor([1e-3, 1e-2, 1e-1]).repeat_interleave(2)


def trainer(problem: Problem, updates: int = 10, batch: int | None = 16) -> TaskTrainer:
    rates = GRID[: len(problem.start)]
    return TaskTrainer(problem, rates, updates, batch, np.random.default_rng(0))


def test_weights_stay_on_the_sphere_after_every_step(images: Problem, tick_problem: Problem) -> None:
    for problem, radius in ((images, 28.0), (tick_problem, 1.0)):
        made = trainer(problem)
        weights = made.start
        for _ in range(10):
            weights = made.train(weights, made.rates[None])
            assert torch.allclose(weights.norm(dim=1), torch.tensor(radius), rtol=1e-5)


def test_an_effective_rate_of_3e_4_is_a_step_of_0_2352_on_the_sphere_of_28(images: Problem) -> None:
    one, same = trainer(images), trainer(images)
    stepped = one.train(one.start, torch.tensor([3e-4]))
    expected = same.on_sphere(same.start - 0.2352 * same.gradient(same.start))
    assert torch.allclose(stepped, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(0,), (0, 6)])
def test_no_rates_are_no_steps(shape: tuple[int, ...], images: Problem) -> None:
    made = trainer(images)
    assert torch.equal(made.train(made.start, torch.empty(shape)), made.start)
    assert made.left == 10


def test_steps_do_not_depend_on_the_radius(images: Problem) -> None:
    small = replace(images, radius=1.0, start=images.start / 28)
    [one, other] = [made.train(made.start, GRID[:1]) / made.radius for made in (trainer(images), trainer(small))]
    assert torch.allclose(one, other, atol=1e-3)


def test_batches_are_the_same_and_an_epoch_has_every_sample_once(images: Problem) -> None:
    one, other = trainer(images), trainer(images)
    seen = []
    for _ in range(8):
        assert torch.equal(one.gradient(one.start), other.gradient(other.start))
        seen.append(one._rows)
    assert sorted(torch.cat(seen[:4]).tolist()) == sorted(torch.cat(seen[4:]).tolist()) == list(range(64))
    assert torch.equal(one.gradient(one.start), one.gradient(one.start, again=True))


def test_all_data_are_one_batch_if_the_task_says_so(images: Problem) -> None:
    made = trainer(images, batch=None)
    assert torch.allclose(made.gradient(made.start), made.gradient(made.start), atol=1e-5)


def test_gradients_and_looks_are_counted(images: Problem) -> None:
    made = trainer(images, updates=4)
    made.gradient(made.start)
    assert made.left == 3
    assert made.validation(made.start).shape == (6,)  # 32 samples are two batches, a third of which is one
    made.train(made.start, GRID[:2])
    assert made.left == 0
    for spend in (made.gradient, made.validation):
        with pytest.raises(ValueError, match="0 are left"):
            spend(made.start)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"again": True}, "no batch was taken yet"),
        ({"ghosts": 3}, "cannot be cut into 3 equal parts"),
        ({"ghosts": 0}, "cannot be cut into 0 equal parts"),
        ({"weights": torch.zeros(1, 3)}, "shape"),
    ],
)
def test_what_cannot_be_asked_for(asked: dict[str, object], why: str, images: Problem) -> None:
    made = trainer(images)
    with pytest.raises(ValueError, match=why):
        made.gradient(**{"weights": made.start, **asked})
    assert made.left == 10


def test_what_a_trainer_gives_are_copies(images: Problem) -> None:
    made = trainer(images)
    made.start[:] = 0
    made.rates[:] = 0
    assert made.start.norm() > 0
    assert (made.rates > 0).all()
