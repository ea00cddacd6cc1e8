"""Problems of any process: representatives, trajectories and the exact truth, as `latent` and `problem` for systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import override

from suite.contracts import Resources
from suite.lazy import torch
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.dynamics.processes import RECIPES, process
from suite.tracks.basins.latent import (
    AMBIGUOUS,
    ATTEMPTS,
    BURN_IN,
    FRAMES,
    REPRESENTATIVES,
    TRAJECTORIES,
    Simulated,
    trajectory_numbers,
)
from suite.tracks.basins.problem import Problem
from suite.tracks.basins.protocol import BasinTask

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.basins.dynamics.process import Process

VERSION = 1
"""Raised when the same process and seed give other numbers."""


@dataclass(frozen=True)
class ProcessLatent(Simulated):
    """The latent data of a named process and seed; see `suite.tracks.basins.latent.Latent`."""

    name: str
    seed: int

    @property
    def process(self) -> Process:
        """The process."""
        return process(self.name)

    @property
    def definition(self) -> dict[str, Any]:
        """The process's recipe and the protocol; nothing is made for that."""
        protocol = (VERSION, REPRESENTATIVES, TRAJECTORIES, FRAMES, BURN_IN)
        return {"process": (self.name, *RECIPES[self.name]), "protocol": protocol}

    def simulate(self, starts: Tensor, representatives: Sequence[int], first: int, count: int) -> Tensor:
        """Return trajectories ``first`` to ``first + count - 1`` of some representatives [len, count, L, d]."""
        from suite.tracks.basins.dynamics.counter import keys, stream

        indices = torch.tensor(list(representatives))
        drawn = keys(stream(self.seed, f"{self.name} trajectories"), trajectory_numbers(indices, first, count))
        begun = starts[indices].repeat_interleave(count, dim=0)
        states = self.process.simulate(begun, drawn, FRAMES, self.process.steps(FRAMES))
        return states.view(len(indices), count, FRAMES, -1)

    def compute(self) -> dict[str, Tensor]:
        """Simulate the trajectories and compute the truth; starts are drawn anew while many pairs are ambiguous."""
        from suite.tracks.basins.dynamics.counter import keys, stream
        from suite.tracks.basins.dynamics.oracle import truth_of

        sites = torch.tensor(self.process.sites, dtype=torch.float32)
        order = np.random.default_rng([self.seed, *self.name.encode()]).permutation(REPRESENTATIVES)
        for attempt in range(ATTEMPTS):
            drawn = keys(stream(self.seed, f"{self.name} starts {attempt}"), torch.arange(REPRESENTATIVES))
            starts = self.process.simulate(sites[order % len(sites)], drawn, 1, self.process.scatter)[:, 0]
            exact = truth_of(self.process.laws(starts.numpy(), FRAMES, BURN_IN))
            if exact.ambiguous < AMBIGUOUS:
                break
        else:
            raise ValueError(f"{self.name}: {100 * exact.ambiguous:.0f} % of pairs are ambiguous. Change the horizon")
        return {
            "starts": starts,
            "trajectories": self.simulate(starts, range(REPRESENTATIVES), 0, TRAJECTORIES),
            "risk": torch.from_numpy(exact.risk.clip(0, 0.5)),
            "labels": torch.from_numpy(exact.labels),
            "ambiguous": torch.tensor(exact.ambiguous),
        }


@dataclass(frozen=True)
class ProcessProblem(Problem):
    """A named process seen through an embedding."""

    latent: ProcessLatent
    embedding: Embedding
    given: int = TRAJECTORIES

    @property
    def name(self) -> str:
        """Embedding and process, as ``linear-50/hopfield``."""
        return f"{self.embedding.name}/{self.latent.name}"

    @property
    def steps(self) -> int:
        """Steps of one trajectory."""
        return self.latent.process.steps(FRAMES) * FRAMES

    @override
    def trajectories(self, resources: Resources) -> Tensor:
        states = self.latent.arrays(resources)["trajectories"][:, : self.given]
        return self._observe(states, range(len(states)), 0).to(resources.device)

    @override
    def further(self, representative: int, first: int, count: int, resources: Resources) -> Tensor:
        starts = self.latent.arrays(resources)["starts"]
        states = self.latent.simulate(starts, [representative], first, count)
        return self._observe(states, [representative], first).to(resources.device)

    def _observe(self, states: Tensor, representatives: Sequence[int], first: int) -> Tensor:
        numbers = trajectory_numbers(torch.tensor(list(representatives)), first, states.shape[1])
        features = self.latent.process.features(states.flatten(0, 1))
        observed = self.embedding.observe(features, self.latent.seed, numbers)
        return observed.view(*states.shape[:3], self.embedding.dimension)


class ProcessTask(BasinTask):
    """Base of the tasks whose ``systems``, and those of ``development``, are named processes."""

    def problems(self, seed: int, systems: Sequence[str]) -> Sequence[Problem]:
        """Return the problems of a seed with these processes."""
        return [
            ProcessProblem(ProcessLatent(name, seed), embedding, self.trajectories)
            for embedding in self.embeddings
            for name in systems
        ]

    def requires(self, seed: int) -> tuple[Simulated, ...]:
        """Return the data of a seed's problems: trajectories and truths."""
        return tuple(ProcessLatent(name, seed) for name in self.systems)
