"""The protocol of annealing: the same starts, noise and budget to every method, and where the answers are.

1. Every run starts with one walker in a local minimum.
2. A method walks them under a budget of evaluations for each run; energies that it sees are counted as gradients are.
3. Which answers are in a global well says how good it is. Where the chain of steps is known, its law stands beside.
"""

from __future__ import annotations

import time
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Column, Outcome, Task, TaskContext, Value
from suite.errors import SuiteError
from suite.tracks.temperature import metrics
from suite.tracks.temperature.contract import Annealer, AnnealingContext
from suite.tracks.temperature.landscapes.landscape import Landscape
from suite.tracks.temperature.metrics import END, SHARE, SUBSETS
from suite.tracks.temperature.samples import AnnealingSamples, places
from suite.tracks.temperature.walkers import Mode, TaskWalkers, checkpoints

CHECKPOINTS = 60
STARTS = 64
"""Starts that are looked at before anything is measured."""
BUDGET = Axis(
    name="budget", values=("t400", "t100", "t25"), about="The time that one walker can spend: steps times their length."
)
MODE = Axis(
    name="annealed",
    values=("noise-only", "loss-only", "noise-and-loss"),
    about="What is annealed: the noise at a fixed tau, tau inside the loss without noise, or both with beta ~ 1 / tau.",
)


class AnnealingTask(Task[Annealer]):
    """Base of the annealing tasks. Declare the class attributes of a task and these.

    Attributes:
        landscape: what to anneal on.
        runs: how many; ``eta``: the time of one step; ``horizon``: of a run, where there is no axis ``budget``.
        hottest, coldest: the range of inverse temperatures that methods are told.
        delta: a run is near the minimum if it ends less than this above it.
    """

    metrics = metrics.METRICS
    primary = Column(metric=SHARE.name, subset=END)
    subsets = SUBSETS
    gives = frozenset({"barrier"})
    axes = (BUDGET,)
    samples = AnnealingSamples
    landscape: ClassVar[Landscape]
    runs: ClassVar[int]
    eta: ClassVar[float]
    horizon: ClassVar[float] = 400.0
    hottest: ClassVar[float]
    coldest: ClassVar[float]
    delta: ClassVar[float]

    def steps(self, context: TaskContext) -> int:
        """Return the budget of a run in gradients."""
        budget = context.setting.get(BUDGET.name, "")
        return round((float(budget.removeprefix("t")) if budget else self.horizon) / self.eta)

    def check(self, context: TaskContext) -> None:
        """Refuse a landscape on which there is nothing to find, or no time to.

        Raises:
            SuiteError: what it lacks.
        """
        starts = self.landscape.starts(STARTS, context.rng("starts that are looked at"))
        wrong = {
            "an energy where walkers start is not finite": not np.isfinite(self.landscape.energy(starts)).all(),
            "walkers start in a global well, so that nobody has to find it": self.landscape.inside(starts).any(),
            f"the barrier is {self.landscape.barrier:g}": not 0 < self.landscape.barrier < np.inf,
            "the budget of a run is no step": self.steps(context) < 1,
        }
        if why := [words for words, holds in wrong.items() if holds]:
            raise SuiteError(
                f"this landscape cannot be used: {'; '.join(why)}",
                place=f"{type(self.landscape).__name__} of {self.id}",
                next=f"correct the landscape: suite tasks show {self.id}",
            )

    def walkers(self, context: TaskContext) -> TaskWalkers:
        """Return the runs at their start."""
        steps, mode = self.steps(context), cast(Mode, context.setting.get(MODE.name, MODE.default))
        looks = checkpoints(steps, CHECKPOINTS)
        return TaskWalkers(self.landscape, self.runs, steps, self.eta, self.coldest, mode, looks, context)

    def told(self, context: TaskContext) -> AnnealingContext:
        """Return what a method is told."""
        return AnnealingContext(
            **vars(context.method),
            runs=self.runs,
            step=self.eta,
            steps=self.steps(context),
            hottest=self.hottest,
            coldest=self.coldest,
            barrier=self.landscape.barrier if "barrier" in self.gives else None,
        )

    def evaluate(self, method: Annealer, context: TaskContext) -> Outcome:
        """Let the method spend the budget, and look where the answers are.

        Raises:
            ValueError: it asks for more than the budget, or for what is no temperature; or it never walks.
        """
        walkers = self.walkers(context)
        started = time.perf_counter()
        method.anneal(walkers, self.told(context))
        seconds = time.perf_counter() - started
        answers, betas = walkers.finish(), np.array(walkers.record.betas)
        if not len(betas):
            raise ValueError(f"{method.name} makes no step")
        above = np.asarray(self.landscape.energy(answers), np.float64) - self.landscape.lowest
        spent, walked = walkers.record.checkpoints, np.array(walkers.record.walked)
        exact = self.exact(walkers, betas)
        numbers = {metrics.BETA: betas[-1], metrics.EVALUATIONS: walkers.used, metrics.SECONDS: seconds}
        measured = {Column(metric=each.name, subset=END): Value(float(x), self.runs) for each, x in numbers.items()}
        facts = {"barrier": f"{self.landscape.barrier:.5g}", "final inverse temperature": f"{betas[-1]:.4g}"}
        if exact is not None:
            facts["exact share in the global well"] = f"{exact[-1]:.6f}"
            for subset, place in places(spent).items():
                measured[Column(metric=metrics.EXACT.name, subset=subset)] = Value(float(exact[place]), self.runs)
        rows = [None] * (self.runs - 1)
        samples = AnnealingSamples(
            inside=np.array(walkers.record.inside, np.uint8).T.tolist(),
            energy=above,
            near=above < self.delta,
            spent=[spent.tolist(), *rows],
            exact=[None if exact is None else exact.tolist(), *rows],
            beta=[betas[np.maximum(walked, 1) - 1].tolist(), *rows],
            measured=measured,
        )
        return Outcome(samples=samples, cost={"anneal_seconds": seconds}, facts=facts)

    def exact(self, walkers: TaskWalkers, betas: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the exact share at each checkpoint [L] for ``betas`` [S], or None where the chain does not say."""
        chain = self.landscape.chain()
        if chain is None or walkers.mode != "noise-only" or not walkers.record.alone:
            return None
        after, places_of = np.unique(walkers.record.walked, return_inverse=True)
        return np.asarray(chain.shares(betas, self.eta, after.tolist())[places_of])
