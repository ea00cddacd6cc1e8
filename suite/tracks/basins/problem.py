"""One problem: a system seen through an embedding, and the metered simulator that makes more of its trajectories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.dynamics.embedding import Embedding
from suite.tracks.basins.latent import FRAMES, TRAJECTORIES, Latent, trajectory_numbers

if TYPE_CHECKING:
    from torch import Tensor

BUDGET = 8
"""A detector may spend this many times the integrator steps of the trajectories that it is given."""


@dataclass(frozen=True)
class Problem:
    """A system, an embedding and a seed."""

    latent: Latent
    embedding: Embedding

    @property
    def name(self) -> str:
        """Embedding and system, as ``linear-50/double-well``."""
        return f"{self.embedding.name}/{self.latent.name}"

    def trajectories(self, resources: Resources) -> Tensor:
        """Return what a detector is given [K, M, L, D], float32."""
        arrays = self.latent.arrays(resources)
        return self.observe(arrays["trajectories"], range(len(arrays["starts"])), 0).to(resources.device)

    def observe(self, states: Tensor, representatives: Sequence[int], first: int) -> Tensor:
        """Return latent trajectories [K, count, L, d] as they are observed [K, count, L, D]."""
        import torch

        numbers = trajectory_numbers(torch.tensor(list(representatives)), first, states.shape[1])
        scaled = states.flatten(0, 1) / self.latent.system.scale
        observed = self.embedding.observe(scaled, self.latent.seed, numbers)
        return observed.view(*states.shape[:3], self.embedding.dimension)


class MeteredSimulator:
    """Further trajectories of a problem; `suite.tracks.basins.Simulator` says what a detector sees of it."""

    def __init__(self, problem: Problem, resources: Resources) -> None:
        self._problem, self._resources = problem, resources
        self._starts = problem.latent.arrays(resources)["starts"]
        self._per_trajectory = problem.latent.system.steps(FRAMES) * FRAMES
        self._made = dict.fromkeys(range(len(self._starts)), TRAJECTORIES)
        self.steps = len(self._starts) * TRAJECTORIES * self._per_trajectory
        self._limit = BUDGET * self.steps

    @property
    def steps_left(self) -> int:
        """How many integrator steps may still be spent."""
        return self._limit - self.steps

    def simulate(self, representatives: Sequence[int], count: int) -> Tensor:
        """See `suite.tracks.basins.Simulator`."""
        import torch

        asked = [int(each) for each in representatives]
        steps = len(asked) * count * self._per_trajectory
        if len(set(asked)) < len(asked) or not set(asked) <= set(self._made) or count < 1:
            raise ValueError(
                f"expected distinct representatives in 0..{len(self._made) - 1} and a count of at least 1, "
                f"got {asked} and {count}"
            )
        if steps > self.steps_left:
            raise ValueError(f"{steps:,} further integrator steps are more than the {self.steps_left:,} left")
        self.steps += steps
        found = []
        for each in asked:
            states = self._problem.latent.simulate(self._starts, [each], self._made[each], count)
            found.append(self._problem.observe(states, [each], self._made[each]))
            self._made[each] += count
        return torch.cat(found).to(self._resources.device)
