"""The protocol: the same start, batches and budget to every procedure, at each rate of a grid.

1. Every run of the grid starts from the same weights. A procedure trains them under a budget of gradients for each run.
2. Validation data choose one rate of the grid; the accuracy of its run on test data, at the end, is what ranks.
3. Where the regimes of the grid are is found once for each seed, by plain training, fine-tuning and averaging.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Column, Metric, Outcome, Task, TaskContext, Value
from suite.contracts.returned import real
from suite.lazy import torch
from suite.measures.probabilities import answered
from suite.models.threads import threads
from suite.tracks.learning_rate import metrics
from suite.tracks.learning_rate.contract import Procedure, TrainingContext
from suite.tracks.learning_rate.metrics import ACCURACY, CHOSEN, GRID, SUBSETS
from suite.tracks.learning_rate.problem import Part, Problem
from suite.tracks.learning_rate.regimes import regimes, survey
from suite.tracks.learning_rate.samples import TrainingSamples
from suite.tracks.learning_rate.trainer import TaskTrainer

UPDATES = Axis(name="updates", values=("1000", "6000"), about="The budget of each run.")
Numbers = dict[tuple[Metric, str], float]


class TrainingTask(Task[Procedure]):
    """Base of the tasks. Declare the class attributes of a task and these, and write `problem`.

    Attributes:
        rates: the grid [R]; ``starts``: initialisations of each, over which all is averaged.
        updates: the budget of each run, where there is no axis of that name.
        batch: samples of a gradient; None for all.
        fine: a low, a middle and a high rate of fine-tuning; procedures are told the middle one.
    """

    metrics: ClassVar[tuple[Metric, ...]] = metrics.METRICS
    primary = Column(metric=ACCURACY.name, subset=CHOSEN)
    subsets = SUBSETS
    samples = TrainingSamples
    rates: ClassVar[tuple[float, ...]]
    starts: ClassVar[int] = 1
    updates: ClassVar[int]
    batch: ClassVar[int | None]
    fine: ClassVar[tuple[float, float, float]]

    @abstractmethod
    def problem(self, context: TaskContext) -> Problem:
        """Return what is trained under a seed, with a row of the start for each rate and start."""

    def probes(self, context: TaskContext, problem: Problem) -> tuple[Part, ...]:
        """Return test data of which one feature alone tells the class, for each feature; none unless overridden."""
        return ()

    def budget(self, context: TaskContext) -> int:
        """Return the budget of a run."""
        return int(context.setting.get(UPDATES.name, self.updates))

    def trainer(self, problem: Problem, context: TaskContext) -> TaskTrainer:
        """Return a trainer with the whole budget; every one sees the same batches."""
        rates = torch.tensor(self.rates).repeat_interleave(self.starts)
        return TaskTrainer(problem, rates, self.budget(context), self.batch, context.rng("batches"))

    def told(self, context: TaskContext, trainer: TaskTrainer) -> TrainingContext:
        """Return what a procedure is told."""
        return TrainingContext(
            **vars(context.method),
            updates=trainer.updates,
            batch=trainer.batch,
            look=trainer.look,
            fine=self.fine[1],
        )

    def survey(self, context: TaskContext, problem: Problem | None = None) -> dict[str, torch.Tensor]:
        """Return what the regimes are found by [R], see `suite.tracks.learning_rate.regimes.survey`."""
        made = problem or self.problem(context)
        identity = {
            "task": self.id,
            "version": self.version,
            "seed": context.seed,
            "problem": made.fingerprint,
            "grid": [self.rates, self.starts, self.fine, self.budget(context), self.batch],
        }
        return context.resources.cache.tensors("learning-rates", identity, lambda: self._surveyed(made, context))

    def _surveyed(self, problem: Problem, context: TaskContext) -> dict[str, torch.Tensor]:
        with threads(1):  # the same numbers in every run, and small operations are no faster on more
            found = survey(problem, lambda: self.trainer(problem, context), self.fine, self.probes(context, problem))
        return {name: self.by_rate(values) for name, values in found.items()}

    def by_rate(self, values: torch.Tensor) -> torch.Tensor:
        """Return the means over the starts of each rate [R, ...] of values [N, ...]."""
        return torch.stack([part.mean(0) for part in values.split(self.starts)])

    def prepare(self, context: TaskContext) -> None:
        """Find the regimes."""
        self.survey(context)

    def evaluate(self, method: Procedure, context: TaskContext) -> Outcome:
        """Let the procedure spend the budget, and look what each run of the grid is good for.

        Raises:
            ValueError: it asks for more than the budget, or returns weights of another shape, or not finite ones.
        """
        problem = self.problem(context)
        trainer = self.trainer(problem, context)
        started = time.perf_counter()
        returned = method.train(trainer, self.told(context, trainer))
        seconds = time.perf_counter() - started
        weights = real(returned, f"train of {method.name}", problem.start.shape, finite=False)
        lost = int((~weights.isfinite()).any(dim=1).sum())
        if lost and problem.radius:  # on a sphere no rate is so high that it makes them infinite
            raise ValueError(f"the weights of {method.name} are NaN or infinite in {lost} of {len(weights)} runs")
        weights = weights.to(problem.start)
        logits, hits = self._asked(problem, weights)
        right = self.by_rate(hits.double()).cpu().numpy()
        validation = self.by_rate(1 - problem.errors(weights, problem.validation)).cpu().numpy()
        losses = problem.losses(weights, problem.train).cpu().numpy()
        chance, chosen = problem.guessing, int(validation.argmax())
        kinds = regimes(self.survey(context, problem), chance)
        numbers = {
            (metrics.DIVERGED, GRID): float(np.mean(~(losses < problem.ignorance))),
            (metrics.RATE, CHOSEN): self.rates[chosen],
            (metrics.UPDATES, GRID): trainer.used,
            (metrics.SECONDS, GRID): seconds,
        }
        facts = {"rate": f"{self.rates[chosen]:.3g}, in regime {kinds[chosen]}", **self._ends(kinds)}
        more, told = self.judged(problem, weights, chosen)
        numbers, facts = numbers | more, facts | told
        if probes := self.probes(context, problem):
            each = torch.stack([1 - self.by_rate(problem.errors(weights, probe))[chosen] for probe in probes]).sort(
                descending=True
            )
            numbers[metrics.FEATURE, CHOSEN] = float(each.values[0])
            named = zip(each.indices.tolist(), each.values.tolist(), strict=True)
            facts["accuracy by feature"] = ", ".join(f"{place}: {value:.3f}" for place, value in named)
        rows = [None] * (right.shape[1] - 1)
        samples = TrainingSamples(
            right=right.T.tolist(),
            rates=[list(self.rates), *rows],
            validation=[validation.tolist(), *rows],
            regime=[kinds.tolist(), *rows],
            chance=np.full(right.shape[1], chance),
            **({} if logits is None else self._answered(logits, chosen, problem.test.labels)),
            measured={
                Column(metric=metric.name, subset=subset): Value(float(number), len(self.rates))
                for (metric, subset), number in numbers.items()
            },
        )
        return Outcome(samples=samples, cost={"train_seconds": seconds}, facts=facts)

    def _asked(self, problem: Problem, weights: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor]:
        """Return the logits [N, M, C] of test data, None if they tell no probabilities, and which are right [N, M]."""
        if not {metric.name for metric in metrics.OF_PROBABILITIES} & {metric.name for metric in self.metrics}:
            return None, problem.hits(weights, problem.test)
        logits = problem.asked(weights, problem.test.inputs)
        return logits, logits.argmax(2) == problem.test.labels

    def _answered(self, logits: torch.Tensor, chosen: int, labels: torch.Tensor) -> dict[str, Any]:
        """Return what logits [N, M, C] of all runs are worth at the chosen rate, as `TrainingSamples` has it."""
        runs = logits[chosen * self.starts :][: self.starts].double().cpu().numpy()
        known = labels.cpu().numpy()
        columns = [answered(run, known) for run in runs]
        by_start = {name: np.stack([each[name] for each in columns], axis=1) for name in columns[0]}
        confidence = by_start.pop("confidence")
        return {
            "confidence": confidence.tolist(),
            "correct": (runs.argmax(axis=2) == known).T.tolist(),
            **{name: scores.mean(axis=1) for name, scores in by_start.items()},
        }

    def judged(self, problem: Problem, weights: torch.Tensor, chosen: int) -> tuple[Numbers, dict[str, str]]:
        """Return more numbers and facts of final weights [N, P], ``chosen`` the rate's place; none unless overridden.

        Metrics of these are among the task's own.
        """
        return {}, {}

    def _ends(self, kinds: NDArray[np.str_]) -> dict[str, str]:
        """Return the rates between which each regime is, in words."""
        found = {kind: np.array(self.rates)[kinds == kind] for kind in np.unique(kinds).tolist()}
        return {f"regime {kind}": f"{rates[0]:.3g} to {rates[-1]:.3g}" for kind, rates in found.items()}
