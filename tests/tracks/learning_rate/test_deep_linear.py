"""Gradient descent on deep linear networks is the recursion of each mode, and stable up to the rate that is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.landscape import Hessian
from suite.plugins.learning_rate.cosine import Cosine
from suite.plugins.learning_rate.warmup_cosine import WarmUpCosine
from suite.tracks.learning_rate.contract import TrainingContext
from suite.tracks.learning_rate.deep_linear import DeepLinear, MatrixProblem, descended, stable_rate
from suite.tracks.learning_rate.trainer import TaskTrainer

STRENGTHS = np.array([2.0, 1.1, 0.7, 0.15])
UPDATES = 60


def made(depth: int, scale: float, rates: list[float]) -> tuple[MatrixProblem, TaskTrainer]:
    generator = torch.Generator().manual_seed(depth)
    problem = MatrixProblem.made(DeepLinear(4, depth), STRENGTHS, scale, len(rates), generator)
    return problem, TaskTrainer(problem, torch.tensor(rates), UPDATES, None, np.random.default_rng(0))


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("method", [None, Cosine, WarmUpCosine])
def test_descent_on_the_matrices_is_the_recursion_of_the_modes(depth, method):
    problem, trainer = made(depth, 0.5, [0.02, 0.1, 0.2])
    context = TrainingContext(seed=0, updates=UPDATES, batch=8, look=1, fine=0.05)
    grid = trainer.rates
    rates = method().rates(grid, context) if method else grid.repeat(UPDATES, 1)
    losses = problem.losses(trainer.train(trainer.start, rates), problem.train)
    for run, loss in enumerate(losses.tolist()):
        exact = descended(STRENGTHS, depth, 0.5, rates[:, run].double().numpy())
        assert loss == pytest.approx(float(exact), rel=1e-8, abs=1e-25)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_largest_stable_rate_is_two_over_the_top_eigenvalue_at_the_balanced_minimum(depth):
    problem, _ = made(depth, 1.0, [0.1])
    roots = problem.strengths ** (1 / depth)
    layers = [torch.diag(roots) @ problem.right.T, *[torch.diag(roots)] * (depth - 2), problem.left * roots]
    minimum = torch.stack(layers).flatten()
    assert float(problem.losses(minimum[None], problem.train)) == pytest.approx(0, abs=1e-25)
    assert problem.hits(minimum[None], problem.test).tolist() == [pytest.approx([1] * 4)]

    def loss(weights):
        scale = problem.train.labels.square().sum() / len(problem.train.labels) / 2  # told losses are shares
        [answers] = problem.network.logits(weights[None], problem.heads, problem.train.inputs, None)
        return (answers - problem.train.labels).square().sum() / problem.train.labels.square().sum() * scale

    top = Hessian(loss, minimum).top(tolerance=1e-10)
    assert stable_rate(STRENGTHS, depth) == pytest.approx(2 / top, rel=1e-8)


@pytest.mark.parametrize(("factor", "stays"), [(0.97, True), (1.03, False)])
def test_the_minimum_holds_descent_below_that_rate_and_not_above(factor, stays):
    one, rate = np.array([2.0]), factor * stable_rate(STRENGTHS, 3)
    near = 2 ** (1 / 3) + 1e-6
    begun = descended(one, 3, near, np.empty(0))
    assert (descended(one, 3, near, np.full(100, rate)) < begun) == stays


def test_what_is_learned_of_a_mode_is_its_share_and_nothing_of_a_run_that_diverged():
    problem, trainer = made(3, 0.4, [0.1, 9.0])
    begun = problem.hits(trainer.start, problem.test)[0]
    assert begun.tolist() == pytest.approx(0.064 / STRENGTHS)
    weights = trainer.train(trainer.start, trainer.rates.repeat(20, 1))
    assert problem.hits(weights, problem.test)[1].tolist() == [0] * 4
    assert problem.losses(problem.start * 0, problem.train).tolist() == pytest.approx([1, 1])
    assert np.isnan(descended(STRENGTHS, 3, 0.4, np.full(20, 9.0)))
