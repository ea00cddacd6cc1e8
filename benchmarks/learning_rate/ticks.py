"""Sixteen tick features: the small-budget version of the authors' synthetic example."""

from __future__ import annotations

from suite import Cost
from suite.contracts import TaskContext
from suite.tracks.learning_rate import ticks
from suite.tracks.learning_rate.metrics import OF_CLASSIFIERS
from suite.tracks.learning_rate.network import MLP
from suite.tracks.learning_rate.problem import Part, Problem
from suite.tracks.learning_rate.protocol import UPDATES, TrainingTask

from ._protocol import PROTOCOL


class TicksTask(TrainingTask):
    """An MLP on sixteen two-dimensional features, each of which alone tells the class."""

    id = "learning-rate/ticks"
    version = "1"
    tier = "embedded"
    title = "Sixteen tick features"
    summary = (
        "Sixteen two-dimensional features, each of which alone tells the class: whether its point is between two "
        "V-shaped curves. An MLP 32-32-32-1 with LayerNorm on the unit sphere; 512 samples to train, 512 for "
        f"validation, 2,000 to test, new ones for each seed. {PROTOCOL} 15 rates "
        "from 1e-4 to 0.32, 2 starts each; the budget is 1,000 updates of 16 "
        "samples, or 6,000 by the axis updates."
    )
    metrics = OF_CLASSIFIERS
    seeds = (0, 1, 2, 3)
    cost = Cost(preparation=2.0, cell=1.4)
    rates = tuple(10 ** (place / 4) for place in range(-16, -1))
    starts = 2
    updates = 1000
    axes = (UPDATES,)
    batch = 16
    fine = (3e-4, 1e-3, 3e-3)

    def problem(self, context: TaskContext) -> Problem:
        """Return the MLP under a seed."""
        rng = context.rng("data")
        train, validation, test = (Part(*ticks.samples(count, rng)) for count in (512, 512, 2000))
        return Problem.of(MLP(32, 32), 1.0, (len(self.rates), self.starts), context, train, validation, test)

    def probes(self, context: TaskContext, problem: Problem) -> tuple[Part, ...]:
        """Return 1,000 samples for each feature, of which it alone tells the class."""
        rng = context.rng("features")
        drawn = (Part(*ticks.samples(1000, rng, only=feature)) for feature in range(ticks.FEATURES))
        return tuple(part.to(problem.start.device) for part in drawn)
