"""The protocol of the basins track: every problem's trajectories to the method, its labels against the oracle's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Ingredient, Method, Outcome, Picture, Score, Task, TaskContext, Tuning
from suite.dynamics.embedding import Embedding
from suite.errors import SuiteError
from suite.hashing import digest
from suite.tracks.basins.contract import KNOWN, BasinContext, BasinDetector, Partition
from suite.tracks.basins.latent import BURN_IN, TRAJECTORIES, Latent, Simulated
from suite.tracks.basins.metrics import ARI, METRICS
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator, Problem
from suite.tracks.basins.samples import Answer, from_table, scores, to_table
from suite.tracks.grid_search import search

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class BasinTask(Task):
    """Base of the basin tasks: every system through every embedding.

    Declare the class attributes, the names of the ``systems``, the ``embeddings``, and how many ``trajectories`` of
    each representative are given, if not all; ``development`` names the systems on which ``suite run --tune`` chooses
    parameters, which are none of the task's own. A task whose trajectories come from elsewhere declares its ``subsets``
    itself and overrides `problems` and `simulated`.
    """

    metrics = METRICS
    primary = Column(metric=ARI.name, subset="mean")
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

    def simulated(self, seed: int) -> tuple[Simulated, ...]:
        """Return the data of a seed's problems: trajectories and truths."""
        return latents(self.systems, seed)

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the seed's trajectories and truths."""
        return self.simulated(seed)

    def prepare(self, context: TaskContext) -> None:
        """Simulate and solve what is not in the cache."""
        for data in self.simulated(context.seed):
            data.fingerprint(context.resources)

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Ask the method about each problem. Failing at one counts as having found nothing there, with the reason kept.

        Raises:
            ValueError: the method fails at every problem.
        """
        answers = _ask_all(method, self.problems(context.seed, self.systems), context)
        failures = [answer for answer in answers if answer.error]
        ambiguous = {
            data.name: float(data.arrays(context.resources)["ambiguous"]) for data in self.simulated(context.seed)
        }
        facts = {"ambiguous pairs": ", ".join(f"{name} {100 * share:.1f} %" for name, share in ambiguous.items())}
        if failures:
            facts["failures"] = f"{len(failures)} of {len(answers)}, first {failures[0].problem}: {failures[0].error}"
        return Outcome(
            scores=scores(answers),
            samples=to_table(answers),
            cost={"partition_seconds": sum(answer.seconds for answer in answers)},
            facts=facts,
        )

    def tune(
        self, method: type[Method], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the grid's best point by the mean ARI on the development systems, through the same embeddings."""
        if not self.development:
            raise SuiteError(f"{self.id} has no development systems", place="--tune", next="suite run without --tune")
        problems = self.problems(context.seed, self.development)

        def mean_ari(candidate: Method) -> float:
            return float(np.mean([answer.values[ARI.name] for answer in _ask_all(candidate, problems, context)]))

        return search(
            method,
            fixed,
            grid,
            mean_ari,
            measured=f"mean ARI on {', '.join(self.development)}",
            data=digest([each.fingerprint(context.resources) for each in latents(self.development, context.seed)]),
        )

    def rescore(self, samples: pa.Table) -> tuple[Score, ...]:
        """Return the scores of a stored per-sample table, by the metrics as they are now."""
        return scores(from_table(samples))

    def pictures(self, samples: pa.Table, subset: str) -> tuple[Picture, ...]:
        """Return the representatives in the potential and the risk between them, for one problem."""
        from suite.tracks.basins.pictures import basin_pictures

        return basin_pictures(samples, subset)


def latents(systems: Sequence[str], seed: int) -> tuple[Latent, ...]:
    """Return the latent data of named systems with this seed."""
    from suite.dynamics.systems import SYSTEMS

    return tuple(Latent(SYSTEMS[name], seed) for name in systems)


def _ask_all(method: Method, problems: Sequence[Problem], context: TaskContext) -> list[Answer]:
    if not isinstance(method, BasinDetector):
        raise TypeError(f"{type(method).__name__} is not a suite.tracks.basins.BasinDetector")
    answers = [_ask(method, problem, context) for problem in problems]
    if all(answer.error for answer in answers):
        raise ValueError(f"{method.name} fails at every problem, first with: {answers[0].error}")
    return answers


def _ask(method: BasinDetector, problem: Problem, context: TaskContext) -> Answer:
    resources = context.resources
    known = problem.latent.arrays(resources)
    labels = known["labels"].numpy()
    trajectories = problem.trajectories(resources)
    arrays = hashlib.sha256(trajectories.cpu().flatten().numpy().data).hexdigest()
    simulator = MeteredSimulator(problem, resources)
    given = BasinContext(
        **vars(context.method),
        count=len(np.unique(labels)) if method.league == KNOWN else None,
        burn_in=BURN_IN,
        simulator=simulator,
    )
    found, risk, error = None, None, ""
    started = time.perf_counter()
    try:
        found, risk = _checked(method.partition(trajectories, given), len(labels))
    except Exception as problem_with_it:  # a failure is a result: this problem counts 0, the others go on
        error = f"{type(problem_with_it).__name__}: {problem_with_it}"[:500]
    seconds = time.perf_counter() - started - simulator.seconds
    return Answer(
        problem=problem.name,
        starts=known["starts"].double().numpy(),
        labels=labels,
        exact_risk=known["risk"].numpy(),
        found=found,
        risk=risk,
        steps=simulator.steps,
        seconds=seconds,
        arrays=arrays,
        error=error,
    )


def _checked(answer: Partition | Sequence[int], count: int) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Return labels [K] and risk [K, K], or None, as arrays."""
    partition = answer if isinstance(answer, Partition) else Partition(answer)
    labels = np.asarray(partition.labels)
    if labels.shape != (count,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"expected {count} integers as labels, got {labels.dtype} of shape {labels.shape}")
    _, numbered = np.unique(labels, return_inverse=True)
    if partition.risk is None:
        return numbered.astype(np.int64), None
    risk = np.asarray(partition.risk, dtype=np.float64)
    if risk.shape != (count, count) or not np.isfinite(risk).all():
        raise ValueError(f"expected a finite risk matrix [{count}, {count}], got shape {risk.shape}")
    return numbered.astype(np.int64), risk
