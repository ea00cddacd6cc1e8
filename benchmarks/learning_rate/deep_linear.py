"""A deep linear network, on which gradient descent is known exactly: no data set."""

from __future__ import annotations

import numpy as np

from suite import Cost, Metric
from suite.contracts import TaskContext
from suite.lazy import torch
from suite.tracks.learning_rate.deep_linear import DeepLinear, MatrixProblem, descended, stable_rate
from suite.tracks.learning_rate.metrics import CHOSEN, METRICS
from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.protocol import Numbers, TrainingTask

EXCESS = Metric(
    name="excess_loss",
    direction="lower",
    bounds=(0, None),
    unit="fraction",
    definition="Loss at the end at the chosen rate above the optimum, which is 0, as a share of the loss of a network "
    "that is 0.",
)
EXACT = Metric(
    name="exact_descent",
    direction="lower",
    bounds=(0, None),
    unit="fraction",
    definition="The same of plain gradient descent at the best constant rate of the grid, by the exact recursion; the "
    "same for every method, not to rank by.",
)


class DeepLinearTask(TrainingTask):
    """Three square matrices whose product learns a matrix of six modes."""

    id = "learning-rate/deep-linear"
    version = "1"
    tier = "embedded"
    title = "Deep linear network"
    summary = (
        "A product of three 6x6 matrices learns a matrix with six singular values: 2, and five from 0.1 to 2, one in"
        " each fifth of that range in orders of magnitude, new ones for each seed. Data have no noise, and second "
        "moments of 1; a gradient is of all of them. From balanced weights each mode follows a recursion of one "
        "number, so that plain descent is known exactly, and its largest stable rate too: 2 / (3 * 2^(4/3)) = "
        "0.2646. 'Accuracy' is the mean over the modes of the share that is learned, 1 - |found - s| / s and at "
        "least 0; losses are shares of that of a network that is 0. The budget of 75 updates is too short for the "
        "weakest modes at every stable rate. 16 rates from 0.01 to 0.75, the four highest of them unstable; "
        "validation and test are the training data."
    )
    metrics = (*METRICS, EXCESS, EXACT)
    seeds = (0, 1, 2)
    cost = Cost(preparation=0.1, cell=0.1)
    tour = ({},)
    rates = tuple(10 ** (place / 8) for place in range(-16, 0))
    updates = 75
    batch = None
    fine = (0.05, 0.1, 0.2)
    scale = 0.4
    network = DeepLinear(size=6, depth=3)

    def strengths(self, context: TaskContext) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the singular values of the matrix to learn [6]."""
        places = np.arange(count := self.network.features - 1) + context.rng("strengths").uniform(0, 1, count)
        return np.append(2.0, 2 * 20 ** (-places / count))

    def problem(self, context: TaskContext) -> MatrixProblem:
        """Return the networks under a seed, all with the same start."""
        generator = context.method.generator("task:matrix")
        return MatrixProblem.made(self.network, self.strengths(context), self.scale, len(self.rates), generator)

    def judged(self, problem: Problem, weights: torch.Tensor, chosen: int) -> tuple[Numbers, dict[str, str]]:
        """Return the loss beside that of the exact recursion, and the largest stable rate."""
        assert isinstance(problem, MatrixProblem)
        strengths, depth = problem.strengths.numpy(), self.network.depth
        exact = [descended(strengths, depth, self.scale, np.full(self.updates, rate)) for rate in self.rates]
        found = float(problem.losses(weights, problem.train)[chosen])
        facts = {"largest stable rate": f"{stable_rate(strengths, depth):.4f}"}
        return {(EXCESS, CHOSEN): found, (EXACT, CHOSEN): float(np.nanmin(exact))}, facts
