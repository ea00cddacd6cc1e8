"""How sharp a minimum each rate leaves: an ordinary MLP on digits, by gradients of all training data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from suite import Cost, Metric
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.landscape import Hessian
from suite.lazy import torch
from suite.tracks.learning_rate.images import ImagesTask
from suite.tracks.learning_rate.metrics import CHOSEN, GRID, METRICS
from suite.tracks.learning_rate.network import SphereNetwork
from suite.tracks.learning_rate.normalisation import Normalisation
from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.protocol import Numbers
from suite.tracks.learning_rate.squared import SquaredProblem

from ..data_sets import DIGITS
from .digits_si import DigitsSITask

if TYPE_CHECKING:
    from torch import Tensor

    Loss = Callable[[Tensor], Tensor]

TOP = Metric(
    name="top_eigenvalue",
    direction="lower",
    bounds=(None, None),
    unit="loss",
    definition="Largest eigenvalue of the Hessian of the loss on all training data at the end, by Lanczos iteration; "
    "not to rank by.",
)
TRACE = Metric(
    name="hessian_trace",
    direction="lower",
    bounds=(None, None),
    unit="loss",
    definition="Trace of the same, by Hutchinson's estimator with 20 probes; not to rank by.",
)
SHARP = Metric(
    name="sharper_than_stable",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the runs of the grid, those that diverged left out, whose top eigenvalue at the end is above "
    "2.4 over their rate of the grid: where plain descent at that rate could not stay. Not to rank by.",
)
MARGIN = 1.2
"""The eigenvalue hovers a little above 2 / rate at the edge of stability (Cohen and others 2021)."""


class TanhMLP(SphereNetwork):
    """Two hidden layers of ``width`` with tanh and no normalisation, so that it is not scale-invariant."""

    normalises_batches = False

    def __init__(self, inputs: int, width: int, classes: int) -> None:
        self.shapes, self.features, self.classes = ((width, inputs), (width, width)), width, classes

    @override
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        hidden = inputs.flatten(1).expand(len(layers[0]), -1, -1)
        for layer in layers:
            hidden = torch.bmm(hidden, layer.transpose(1, 2)).tanh()
        return hidden


class StabilityTask(ImagesTask):
    """An MLP without normalisation, trained by full gradients."""

    id = "learning-rate/stability"
    version = "1"
    tier = "embedded"
    title = "Edge of stability, MLP on digits"
    summary = (
        "300 of scikit-learn's digits to train, 400 for validation and 697 to test, by an MLP 64-24-24-10 with tanh,"
        " without normalisation and on no sphere; its last layer is fixed. The loss is the squared error, and every "
        "gradient is of all training images. At the end the trace and the top eigenvalue of the loss's Hessian are "
        "measured for each of 8 rates from 0.0018 to 0.1. Plain descent at a rate cannot stay where the top "
        "eigenvalue is above 2 over the rate; it is told in units of that bound. Validation data choose a rate; what"
        " ranks is the test accuracy of its run when the budget of 1,500 updates is spent."
    )
    metrics = (*METRICS, TOP, TRACE, SHARP)
    gives = frozenset()
    seeds = (0, 1, 2)
    cost = Cost(preparation=5.0, cell=3.5)
    rates = tuple(10 ** (place / 4) for place in range(-11, -3))
    updates = 1500
    batch = None
    fine = (2e-3, 5e-3, 1e-2)
    data = (DIGITS,)
    transform = DigitsSITask.transform
    network = TanhMLP(64, 24, 10)
    radius = 0.0
    bands = ()

    @override
    def parts(self, resources: Resources) -> tuple[Split, Split, Split]:
        train, validation, test = DigitsSITask().parts(resources)
        return train.part(np.arange(300), resources), validation, test

    def problem(self, context: TaskContext) -> SquaredProblem:
        """Return the MLP under a seed, judged by the squared error."""
        return SquaredProblem(**vars(super().problem(context)))

    def judged(self, problem: Problem, weights: Tensor, chosen: int) -> tuple[Numbers, dict[str, str]]:
        """Return trace and top eigenvalue of each run that did not diverge."""
        found = np.full((len(self.rates), 2), np.nan)
        settled = problem.losses(weights, problem.train) < problem.ignorance
        for run in settled.nonzero().flatten().tolist():
            hessian = Hessian(self._loss(problem, run), weights[run])
            found[run] = hessian.top(tolerance=1e-3), hessian.trace(probes=20).value
        sharp = found[:, 0] * np.array(self.rates) / 2
        numbers: Numbers = {}
        if settled.any():
            numbers[SHARP, GRID] = float((sharp[~np.isnan(sharp)] > MARGIN).mean())
        if settled[chosen]:
            numbers[TOP, CHOSEN], numbers[TRACE, CHOSEN] = map(float, found[chosen])
        columns = {"top eigenvalue": found[:, 0], "trace": found[:, 1], "top eigenvalue x rate / 2": sharp}
        rows = {name: zip(self.rates, column.tolist(), strict=True) for name, column in columns.items()}
        return numbers, {
            f"{name} by rate": ", ".join(f"{rate:.3g}: {value:.3g}" for rate, value in row if not math.isnan(value))
            for name, row in rows.items()
        }

    def _loss(self, problem: Problem, run: int) -> Loss:
        head, part = problem.heads[run : run + 1], problem.train
        return lambda weights: problem.loss(
            problem.network.logits(weights[None], head, part.inputs, Normalisation()), part.labels
        )[0]
