"""The protocol of the basins track: every problem's trajectories to the method, its labels against the oracle's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from suite.contracts import Axis, Column, Metric, Outcome, Task, TaskContext, Tuning
from suite.contracts.returned import real_numbers, refuse
from suite.contracts.setting import given_by
from suite.errors import SuiteError, is_machine_failure
from suite.grid_search import search
from suite.hashing import digest
from suite.tracks.basins.contract import BasinContext, BasinDetector, Partition
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import BURN_IN, TRAJECTORIES, Latent, Simulated
from suite.tracks.basins.metrics import ARI, METRICS
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator, Problem
from suite.tracks.basins.samples import NOT_FOUND, BasinSamples

BASINS = Axis(
    name="basins",
    values=("uncounted", "counted"),
    gives={"counted": frozenset({"count"})},
    about="Whether methods are told the number of basins.",
)


class BasinTask(Task[BasinDetector]):
    """Base of the basin tasks: every system through every embedding.

    Declare the class attributes, the names of the ``systems``, the ``embeddings``, and how many ``trajectories`` of
    each representative are given, if not all; ``development`` names the systems on which ``suite run --tune`` chooses
    parameters, which are none of the task's own. A task whose trajectories come from elsewhere declares its ``subsets``
    itself and overrides `problems` and `requires`.
    """

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    primary = Column(metric=ARI.name, subset="mean")
    axes: ClassVar[tuple[Axis, ...]] = (BASINS,)
    samples: ClassVar[type[BasinSamples]] = BasinSamples
    systems: tuple[str, ...]
    embeddings: tuple[Embedding, ...]
    trajectories: int = TRAJECTORIES
    development: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "systems") and hasattr(cls, "embeddings"):
            groups = [embedding.name for embedding in cls.embeddings]
            cls.subsets = ("mean", *groups, *(f"{group}/{system}" for group in groups for system in cls.systems))

    def problems(self, seed: int, systems: Sequence[str]) -> Sequence[Problem]:
        """Return the problems of a seed with these systems."""
        return [
            EmbeddedProblem(latent, embedding, self.trajectories)
            for embedding in self.embeddings
            for latent in latents(systems, seed)
        ]

    def requires(self, seed: int) -> tuple[Simulated, ...]:
        """Return the data of a seed's problems: trajectories and truths."""
        return latents(self.systems, seed)

    def check(self, context: TaskContext) -> None:
        """Refuse problems of which none has groups: all starts are in one basin, or each has one of its own.

        Raises:
            SuiteError: of which nothing can be found.
        """
        labels = {data.name: data.arrays(context.resources)["labels"].tolist() for data in self.requires(context.seed)}
        if all(len(set(each)) in (1, len(each)) for each in labels.values()):
            raise SuiteError(
                f"{', '.join(labels)} cannot be grouped: all starts are in one basin, or each has its own",
                place=self.id,
                next=f"choose another horizon or more starts: suite tasks show {self.id}",
            )

    def evaluate(self, method: BasinDetector, context: TaskContext) -> Outcome:
        """Ask the method about each problem. Failing at one counts as having found nothing there, with the reason kept.

        Raises:
            ValueError: the method fails at every problem.
            MemoryError, OSError: the machine fails, which is no result.
        """
        samples = self._asked(method, self.problems(context.seed, self.systems), context)
        shares = {data.name: data.arrays(context.resources)["ambiguous"] for data in self.requires(context.seed)}
        facts = {"ambiguous pairs": ", ".join(f"{name} {100 * float(share):.1f} %" for name, share in shares.items())}
        errors = [f"{name}: {entries.error[0]}" for name, entries in samples.problems.items() if entries.error[0]]
        if errors:
            facts["failures"] = f"{len(errors)} of {len(samples.problems)}, first {errors[0]}"
        seconds = sum(entries.seconds[0] for entries in samples.problems.values())
        return Outcome(samples=samples, cost={"partition_seconds": seconds}, facts=facts)

    def tune(
        self,
        method: type[BasinDetector],
        fixed: Mapping[str, Any],
        grid: Mapping[str, Sequence[Any]],
        context: TaskContext,
    ) -> Tuning:
        """Return the grid's best point by the mean ARI on the development systems, through the same embeddings."""
        if not self.development:
            raise SuiteError(f"{self.id} has no development systems", place="--tune", next="suite run without --tune")
        problems = self.problems(context.seed, self.development)
        distinct = dict.fromkeys(problem.latent for problem in problems)

        def mean_ari(candidate: BasinDetector) -> float:
            mean = self._asked(candidate, problems, context).value(self.primary)
            assert mean is not None
            return mean.value

        return search(
            method,
            fixed,
            grid,
            mean_ari,
            measured=f"mean ARI on {', '.join(self.development)}",
            data=digest([latent.fingerprint(context.resources) for latent in distinct]),
        )

    def ask(self, method: BasinDetector, problem: Problem, context: TaskContext, counted: bool) -> BasinSamples:
        """Return the method's answer to a problem, of which it is told the number of basins if that is ``counted``."""
        return _ask(method, problem, context, counted)

    def _asked(self, method: BasinDetector, problems: Sequence[Problem], context: TaskContext) -> BasinSamples:
        setting = {axis.name: context.setting.get(axis.name, axis.default) for axis in self.axes}
        counted = "count" in self.gives | given_by(self.axes, setting)
        samples = self.samples.joined([self.ask(method, problem, context, counted) for problem in problems])
        if all(samples.error):
            raise ValueError(f"{method.name} fails on all problems. The first error is: {samples.error[0]}")
        return samples


def latents(systems: Sequence[str], seed: int) -> tuple[Latent, ...]:
    """Return the latent data of named systems with this seed."""
    from suite.tracks.basins.dynamics.systems import SYSTEMS

    return tuple(Latent(SYSTEMS[name], seed) for name in systems)


def _ask(method: BasinDetector, problem: Problem, context: TaskContext, counted: bool) -> BasinSamples:
    """Return the method's answer to a problem, of which it is told the number of basins if that is ``counted``."""
    truth = problem.latent.arrays(context.resources)
    labels = truth["labels"].tolist()
    size = len(labels)
    trajectories = problem.trajectories(context.resources)
    arrays = hashlib.sha256(trajectories.cpu().flatten().numpy().data).hexdigest()
    simulator = MeteredSimulator(problem, context.resources)
    count = len(set(labels)) if counted else None
    asked = BasinContext(**vars(context.method), count=count, burn_in=BURN_IN, simulator=simulator)
    found, risk, error = [NOT_FOUND] * size, None, ""
    started = time.perf_counter()
    try:
        found, risk = _checked(method.partition(trajectories, asked), size)
    except Exception as failure:  # the method's is a result: this problem counts 0, the others go on
        if is_machine_failure(failure):
            raise
        error = f"{type(failure).__name__}: {failure}"[:500]
    seconds = time.perf_counter() - started - simulator.seconds
    return BasinSamples(
        subset=[problem.name] * size,
        representative=list(np.arange(size, dtype=np.int32)),
        start=truth["starts"].tolist(),
        label=labels,
        found=found,
        exact_risk=truth["risk"].tolist(),
        risk=[None] * size if risk is None else risk,
        steps=[simulator.steps] * size,
        seconds=[seconds] * size,
        arrays=[arrays] * size,
        error=[error] * size,
    )


def _checked(answer: Partition | Sequence[int], size: int) -> tuple[list[int], list[list[float]] | None]:
    """Return labels [K], numbered from 0, and risk [K, K], or None.

    Raises:
        WrongReturn: they are no such thing.
    """
    partition = answer if isinstance(answer, Partition) else Partition(answer)
    labels = np.asarray(partition.labels)
    if labels.shape != (size,) or not np.issubdtype(labels.dtype, np.integer):
        given = answer if labels.dtype == object else labels
        refuse(given, "partition", f"a Partition, or labels: {size} integers")
    numbered = np.unique(labels, return_inverse=True)[1].tolist()
    if partition.risk is None:
        return numbered, None
    risk = real_numbers(partition.risk, "partition, as the risk,", (size, size))
    return numbered, risk.double().cpu().numpy().tolist()
