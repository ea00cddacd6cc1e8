"""One problem: a system seen through an embedding, and the metered simulator that makes more of its trajectories."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typing_extensions import override

from suite.contracts import Resources
from suite.lazy import torch
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import FRAMES, TRAJECTORIES, Latent, Simulated, trajectory_numbers

if TYPE_CHECKING:
    from torch import Tensor

BUDGET = 8
"""A detector may spend this many times the integrator steps of the trajectories that it is given."""


class Problem(ABC):
    """What a method is asked: the trajectories of a system's representatives, as it is to see them."""

    latent: Simulated
    given: int = TRAJECTORIES
    """How many trajectories of each representative a detector is given; it may ask for more."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What is seen and the system's name, as ``linear-50/double-well``; unique within a task."""

    @property
    @abstractmethod
    def steps(self) -> int:
        """Integrator steps of one trajectory."""

    @abstractmethod
    def trajectories(self, resources: Resources) -> Tensor:
        """Return what a detector is given [K, M, L, D], float32."""

    @abstractmethod
    def further(self, representative: int, first: int, count: int, resources: Resources) -> Tensor:
        """Return trajectories ``first`` to ``first + count - 1`` of a representative [1, count, L, D], float32."""


@dataclass(frozen=True)
class EmbeddedProblem(Problem):
    """A system seen through an embedding."""

    latent: Latent
    embedding: Embedding
    given: int = TRAJECTORIES

    @property
    def name(self) -> str:
        """Embedding and system, as ``linear-50/double-well``."""
        return f"{self.embedding.name}/{self.latent.name}"

    @property
    def steps(self) -> int:
        """Integrator steps of one trajectory."""
        return self.latent.system.steps(FRAMES) * FRAMES

    @override
    def trajectories(self, resources: Resources) -> Tensor:
        arrays = self.latent.arrays(resources)
        states = arrays["trajectories"][:, : self.given]
        return self.observe(states, range(len(states)), 0).to(resources.device)

    @override
    def further(self, representative: int, first: int, count: int, resources: Resources) -> Tensor:
        starts = self.latent.arrays(resources)["starts"]
        states = self.latent.simulate(starts, [representative], first, count)
        return self.observe(states, [representative], first).to(resources.device)

    def observe(self, states: Tensor, representatives: Sequence[int], first: int) -> Tensor:
        """Return latent trajectories [K, count, L, d] as they are observed [K, count, L, D]."""
        numbers = trajectory_numbers(torch.tensor(list(representatives)), first, states.shape[1])
        scaled = states.flatten(0, 1) / self.latent.system.scale
        observed = self.embedding.observe(scaled, self.latent.seed, numbers)
        return observed.view(*states.shape[:3], self.embedding.dimension)


class MeteredSimulator:
    """Further trajectories of a problem; `suite.tracks.basins.Simulator` says what a detector sees of it.

    ``steps`` counts integrator steps, ``seconds`` the time that they took, which is not the method's.
    """

    def __init__(self, problem: Problem, resources: Resources) -> None:
        self._problem, self._resources = problem, resources
        representatives = range(len(problem.latent.arrays(resources)["starts"]))
        self._made = dict.fromkeys(representatives, problem.given)
        self.steps = len(representatives) * problem.given * problem.steps
        self.seconds = 0.0
        self._limit = BUDGET * self.steps

    @property
    def steps_left(self) -> int:
        """How many integrator steps may still be spent."""
        return self._limit - self.steps

    def simulate(self, representatives: Sequence[int], count: int) -> Tensor:
        """See `suite.tracks.basins.Simulator`."""
        asked = list(map(int, representatives))
        steps = len(asked) * count * self._problem.steps
        if len(set(asked)) < len(asked) or not set(asked) <= set(self._made) or count < 1:
            raise ValueError(
                f"give different representatives in 0..{len(self._made) - 1} and a count of 1 or more. "
                f"Got {asked} and {count}"
            )
        if steps > self.steps_left:
            raise ValueError(f"this needs {steps:,} integrator steps. Only {self.steps_left:,} are left")
        started = time.perf_counter()
        self.steps += steps
        parts = []
        for representative in asked:
            first = self._made[representative]
            parts.append(self._problem.further(representative, first, count, self._resources))
            self._made[representative] += count
        self.seconds += time.perf_counter() - started
        return torch.cat(parts)
