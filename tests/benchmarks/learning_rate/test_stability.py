"""Descent at a rate ends where the top eigenvalue is below 2 over the rate, or hovers there."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from suite.benchmarks.learning_rate.stability import MARGIN, SHARP, TOP, TRACE, StabilityTask, TanhMLP
from suite.contracts import Column, Resources, TaskContext
from suite.plugins.learning_rate.constant_rate import ConstantRate
from suite.testing import TrainingTaskContract
from suite.tracks.learning_rate.metrics import CHOSEN, GRID, SUBSETS
from suite.tracks.learning_rate.problem import Part
from suite.tracks.learning_rate.squared import SquaredProblem


class FewUpdates(StabilityTask):
    updates = 60
    rates = (0.003, 0.01, 0.03)


@pytest.mark.slow
class TestStability(TrainingTaskContract):
    task = FewUpdates


def tiny() -> tuple[StabilityTask, SquaredProblem]:
    """Two runs of an MLP with 21 weights, whose Hessian can be written down."""
    generator = torch.Generator().manual_seed(0)
    network = TanhMLP(4, 3, 3)
    made = [network.start(generator) for _ in range(2)]
    start, heads = (torch.stack(each).double() for each in zip(*made, strict=True))
    part = Part(torch.randn(20, 4, generator=generator).double(), torch.arange(20) % 3)
    task = StabilityTask()
    task.rates = (0.01, 0.02)  # type: ignore[misc]
    return task, SquaredProblem(network, 0.0, start, heads, part, part, part)


def test_gradients_and_losses_are_those_of_the_squared_error() -> None:
    _, problem = tiny()
    targets = torch.nn.functional.one_hot(problem.train.labels, 3)
    leaf = problem.start.clone().requires_grad_()
    hidden = problem.train.inputs
    for layer in (leaf[1, :12].view(3, 4), leaf[1, 12:].view(3, 3)):
        hidden = (hidden @ layer.T).tanh()
    loss = 0.5 * (hidden @ problem.heads[1] - targets).square().sum() / 20
    loss.backward()
    assert leaf.grad is not None
    assert torch.allclose(problem.gradient(problem.start, torch.arange(20))[1], leaf.grad[1])
    assert float(problem.losses(problem.start, problem.train)[1]) == pytest.approx(float(loss.detach()))
    silent = dataclasses.replace(problem, heads=problem.heads * 0)
    assert silent.losses(silent.start, silent.train).tolist() == pytest.approx([problem.ignorance] * 2)


def test_eigenvalue_and_trace_are_those_of_the_full_hessian_and_diverged_runs_are_left_out() -> None:
    task, problem = tiny()
    weights = problem.start
    for _ in range(100):
        weights = weights - 0.01 * problem.gradient(weights, torch.arange(20))
    full = torch.autograd.functional.hessian(task._loss(problem, 0), weights[0])
    far = torch.stack([weights[0], torch.full_like(weights[1], torch.nan)])
    numbers, facts = task.judged(problem, far, chosen=0)
    assert numbers[TOP, CHOSEN] == pytest.approx(float(torch.linalg.eigvalsh(full)[-1]), rel=2e-3)
    assert numbers[TRACE, CHOSEN] == pytest.approx(float(full.trace()), rel=0.3)
    assert numbers[SHARP, GRID] == 0
    assert "0.02" not in facts["trace by rate"]
    assert set(task.judged(problem, far, chosen=1)[0]) == {(SHARP, GRID)}


@pytest.mark.slow
def test_descent_stays_at_the_edge_of_stability(resources: Resources) -> None:
    task = StabilityTask()
    outcome = task.evaluate(ConstantRate(), TaskContext(0, resources, task.setting({})))
    sharp, trace = (
        {float(rate): float(value) for rate, value in (pair.split(": ") for pair in outcome.facts[name].split(", "))}
        for name in ("top eigenvalue x rate / 2 by rate", "trace by rate")
    )
    assert max(sharp.values()) < MARGIN
    assert sharp[0.00178] < 0.2  # a low rate has nothing to do with the edge
    assert np.array([sharp[0.0178], sharp[0.0316]]) == pytest.approx(1, abs=0.15)
    assert trace[0.0316] < trace[0.01] / 2  # and beyond it, the higher the rate, the flatter
    accuracy, mean = (outcome.samples.value(Column(metric="accuracy", subset=subset)) for subset in SUBSETS)
    assert accuracy is not None
    assert mean is not None
    assert accuracy.value > mean.value > 0.5
