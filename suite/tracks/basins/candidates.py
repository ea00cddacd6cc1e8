"""Representatives that are not given: the method proposes where to start, from a hot exploration, on a budget.

The proposal's basin is that of the system's sites whose law its own is closest to, by the exact risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from typing_extensions import override

from suite.contracts import Axis, Column, Method, Resources, Setting, TaskContext
from suite.contracts.returned import refuse
from suite.errors import is_machine_failure
from suite.lazy import torch
from suite.tracks.basins.contract import BasinContext, BasinDetector, Proposer
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import BURN_IN, FRAMES, TRAJECTORIES, Latent, Simulated, trajectory_numbers
from suite.tracks.basins.metrics import COVERAGE, METRICS, RECOVERED
from suite.tracks.basins.problem import EmbeddedProblem, Problem
from suite.tracks.basins.protocol import BasinTask, latents
from suite.tracks.basins.samples import NOT_FOUND, BasinSamples

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from suite.tracks.basins.dynamics.system import System

HOTTER = 4.0
"""How many times the system's temperature the exploration has."""
EXPLORERS, LENGTH = 8, 64
VERSION = 1
"""Raised when the same system and seed give another exploration."""


@dataclass(frozen=True)
class Explored(Latent):
    """Hot trajectories of a system from its first site, as many frames apart as those of the system."""

    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.system.name} explored")

    @property
    def definition(self) -> dict[str, Any]:
        """The system and how it is explored."""
        return {"explored": (VERSION, HOTTER, EXPLORERS, LENGTH), **super().definition}

    def compute(self) -> dict[str, Tensor]:
        """Simulate; the truth is that of the sites: states [M, L, d], starts, risk, labels, ambiguous."""
        from suite.tracks.basins.dynamics.counter import keys, stream
        from suite.tracks.basins.dynamics.langevin import simulate
        from suite.tracks.basins.dynamics.oracle import truth

        sites = torch.tensor(self.system.sites, dtype=torch.float32)
        hot = replace(self.system, temperature=HOTTER * self.system.temperature)
        drawn = keys(stream(self.seed, self.name), torch.arange(EXPLORERS))
        begun = sites[:1].expand(EXPLORERS, -1)
        exact = truth(self.system, sites.numpy(), FRAMES, BURN_IN)
        return {
            "states": simulate(hot, begun, drawn, LENGTH, every=self.system.steps(FRAMES)),
            "starts": sites,
            "risk": torch.from_numpy(exact.risk),
            "labels": torch.from_numpy(exact.labels),
            "ambiguous": torch.tensor(exact.ambiguous),
        }


@dataclass(frozen=True)
class Proposed(Latent):
    """Representatives at proposed states [K, d] of a system."""

    proposals: tuple[tuple[float, ...], ...]

    def arrays(self, resources: Resources) -> dict[str, Tensor]:
        """Return what `Latent` does; nothing of it is kept, since it follows from what a method proposed."""
        return self._arrays

    @cached_property
    def _arrays(self) -> dict[str, Tensor]:
        return self.compute()

    def compute(self) -> dict[str, Tensor]:
        """Simulate the trajectories, and find the nearest basin of each proposal."""
        from suite.tracks.basins.dynamics.oracle import truth

        starts = torch.tensor(self.proposals, dtype=torch.float32)
        count, sites = len(starts), np.array(self.system.sites, dtype=np.float32)
        exact = truth(self.system, np.concatenate([starts.numpy(), sites]), FRAMES, BURN_IN)
        labels = truth(self.system, sites, FRAMES, BURN_IN).labels
        return {
            "starts": starts,
            "trajectories": self.simulate(starts, range(count), 0, TRAJECTORIES),
            "risk": torch.from_numpy(exact.risk[:count, :count].clip(0, 0.5)),
            "labels": torch.from_numpy(labels[exact.risk[:count, count:].argmax(axis=1)]),
            "ambiguous": torch.tensor(exact.ambiguous),
        }


@dataclass(frozen=True)
class ExploredProblem(EmbeddedProblem):
    """An exploration seen through an embedding, as the trajectories [1, M, L, D] of one representative."""

    latent: Explored

    @property
    def name(self) -> str:
        """Embedding and system, as ``linear-50/triple-well``."""
        return f"{self.embedding.name}/{self.latent.system.name}"

    @override
    def trajectories(self, resources: Resources) -> Tensor:
        states = self.latent.arrays(resources)["states"]
        # Numbers beyond those of all representatives: noise of its own.
        numbers = trajectory_numbers(torch.tensor([2**16]), 0, len(states))
        return self.embedding.observe(states / self.latent.system.scale, self.latent.seed, numbers)[None]


@dataclass(frozen=True)
class CandidateSamples(BasinSamples):
    """As `BasinSamples`, with one entry per proposal; ``basins`` is how many the system has."""

    basins: Sequence[int] = ()

    @cached_property
    def _values(self) -> dict[str, dict[str, float]]:
        values = {problem: dict(known) for problem, known in super()._values.items()}
        for problem, entries in self.problems.items():
            failed = entries.found[0] == NOT_FOUND
            true, found, basins = np.array(entries.label), np.array(entries.found), entries.basins[0]
            apart = [_is_told_apart(true == basin, found) for basin in np.unique(true)]
            values[problem][COVERAGE.name] = 0.0 if failed else len(apart) / basins
            values[problem][RECOVERED.name] = 0.0 if failed else sum(apart) / basins
        return values


class CandidatesTask(BasinTask):
    """Base of the tasks in which a `Proposer` chooses at most ``most`` states to start from."""

    metrics = (*METRICS, COVERAGE, RECOVERED)
    primary = Column(metric=RECOVERED.name, subset="mean")
    samples = CandidateSamples
    axes: ClassVar[tuple[Axis, ...]] = ()
    gives = frozenset({"exploration"})
    embeddings: tuple[Embedding, ...]
    most: int

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Decline what proposes nothing."""
        if not issubclass(method, Proposer):
            return "it proposes no states to start from"
        return super().declines(method, setting, partners)

    def problems(self, seed: int, systems: Sequence[str]) -> Sequence[Problem]:
        """Return the explorations of these systems."""
        explored = [Explored(latent.system, seed) for latent in latents(systems, seed)]
        return [ExploredProblem(latent, embedding) for embedding in self.embeddings for latent in explored]

    def requires(self, seed: int) -> tuple[Simulated, ...]:
        """Return the explorations."""
        return tuple(Explored(latent.system, seed) for latent in latents(self.systems, seed))

    def check(self, context: TaskContext) -> None:
        """Refuse nothing: the sites that an exploration is judged by are one of each basin."""

    def ask(self, method: BasinDetector, problem: Problem, context: TaskContext, counted: bool) -> BasinSamples:
        """Have the method propose, and partition what it proposed; a proposal that fails has found nothing."""
        assert isinstance(method, Proposer)
        assert isinstance(problem, ExploredProblem)
        states = problem.latent.arrays(context.resources)["states"]
        seen, error = problem.trajectories(context.resources)[0].to(context.resources.device), ""
        asked = BasinContext(**vars(context.method), count=None, burn_in=BURN_IN, simulator=_Unstarted())
        try:
            places = _checked(method.propose(seen, self.most, asked), states, self.most)
        except Exception as failure:  # the method's is a result: this problem counts 0, the others go on
            if is_machine_failure(failure):
                raise
            places, error = [(0, 0)], f"{type(failure).__name__}: {failure}"[:500]
        proposals = tuple(tuple(states[place].tolist()) for place in places)
        system: System = problem.latent.system
        proposed = EmbeddedProblem(Proposed(system, context.seed, proposals), problem.embedding)
        answer = super().ask(method, proposed, context, counted)
        basins = [len(set(problem.latent.arrays(context.resources)["labels"].tolist()))] * len(places)
        explored = states.shape[0] * states.shape[1] * system.steps(FRAMES)
        columns: dict[str, Any] = {**answer.columns, "steps": [steps + explored for steps in answer.steps]}
        if error:
            columns |= {"found": [NOT_FOUND], "error": [error]}
        return CandidateSamples(**columns, basins=basins)


class _Unstarted:
    """The simulator before there are representatives."""

    steps_left = 0

    def simulate(self, representatives: Sequence[int], count: int) -> Tensor:
        raise ValueError("there are no representatives yet. Propose some first, and simulate in `partition`")


def _checked(answer: Sequence[tuple[int, int]], states: Tensor, most: int) -> list[tuple[int, int]]:
    """Return the places that were proposed in states [M, L, d].

    Raises:
        ValueError: they are none, more than ``most``, twice the same, or outside.
    """
    try:
        places = [(index(trajectory), index(frame)) for trajectory, frame in answer]
    except (TypeError, ValueError):
        refuse(answer, "propose", f"1 to {most} pairs of integers, a trajectory and a frame each")
    inside = all(0 <= place < size for pair in places for place, size in zip(pair, states.shape[:2], strict=True))
    if not 1 <= len(set(places)) == len(places) <= most or not inside:
        raise ValueError(
            f"choose 1 to {most} different frames of {states.shape[0]} trajectories of {states.shape[1]}. Got {places}"
        )
    return places


def _is_told_apart(basin: NDArray[np.bool_], found: NDArray[np.int64]) -> bool:
    """Tell whether all in a basin share a label that no other has."""
    labels = set(found[basin].tolist())
    return len(labels) == 1 and not labels & set(found[~basin].tolist())
