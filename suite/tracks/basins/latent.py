"""Latent data of a problem: representatives, their trajectories and the oracle's truth, made once per system and seed.

Every embedding of a system sees the same latent trajectories.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Ingredient, Resources
from suite.hashing import digest
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.basins.dynamics.system import System

REPRESENTATIVES = 16
TRAJECTORIES = 16
FRAMES = 24
BURN_IN = 6
SCATTER = 60
AMBIGUOUS = 0.05
"""Starts are drawn anew while the share of ambiguous pairs is not below this, as when one lies on a ridge."""
ATTEMPTS = 20
VERSION = 2
"""Raised when the same system and seed give other numbers."""


class Simulated(Ingredient):
    """Arrays that are simulated once per seed and then in the cache; write `definition` and `compute`.

    They hold at least starts [K, d], risk [K, K], labels [K] and the share ``ambiguous`` of ambiguous pairs.
    """

    kind = "data"
    seed: int

    @property
    @abstractmethod
    def definition(self) -> dict[str, Any]:
        """All that the arrays follow from, but for the seed."""

    @abstractmethod
    def compute(self) -> dict[str, Tensor]:
        """Simulate the arrays."""

    @property
    def _identity(self) -> dict[str, Any]:
        return {**self.definition, "seed": self.seed}

    def arrays(self, resources: Resources) -> dict[str, Tensor]:
        """Return the arrays, simulating them the first time."""
        return resources.cache.tensors("basins", self._identity, self.compute)

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the arrays' sha256 if they are in the cache."""
        note = resources.cache.note("basins", self._identity)
        return note["sha256"] if note and resources.cache.has_tensors("basins", self._identity) else None

    def make(self, resources: Resources) -> str:
        """Simulate the arrays, unless another process does so meanwhile."""
        arrays = self.arrays(resources)
        sha256 = digest({name: digest(array.numpy().tobytes().hex()) for name, array in arrays.items()})
        resources.cache.write_note("basins", self._identity, {"sha256": sha256})
        return sha256

    def lineage(self, resources: Resources) -> str:
        """Return what the seeds share."""
        return digest(self.definition)


@dataclass(frozen=True)
class Latent(Simulated):
    """The latent data of one system and seed: starts [K, d], trajectories [K, M, L, d], and the oracle's truth.

    Representatives start around the system's sites in turn, scattered by a few steps of the dynamics, in random order.
    """

    system: System
    seed: int
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.system.name)

    @property
    def definition(self) -> dict[str, Any]:
        """The system and the protocol."""
        fields = {name: value for name, value in vars(self.system).items() if name != "potential"}
        protocol = (VERSION, REPRESENTATIVES, TRAJECTORIES, FRAMES, BURN_IN, SCATTER)
        return {"system": fields, "protocol": protocol}

    def simulate(self, starts: Tensor, representatives: Sequence[int], first: int, count: int) -> Tensor:
        """Return trajectories ``first`` to ``first + count - 1`` of some representatives [len, count, L, d].

        A trajectory of the same representative and number is always the same; ``starts`` [K, d] are all of them.
        """
        from suite.tracks.basins.dynamics.counter import keys, stream
        from suite.tracks.basins.dynamics.langevin import simulate

        indices = torch.tensor(list(representatives))
        numbers = trajectory_numbers(indices, first, count)
        stream_of_keys = keys(stream(self.seed, f"{self.name} trajectories"), numbers)
        trajectories = simulate(self.system, starts[indices].repeat_interleave(count, dim=0), stream_of_keys, FRAMES)
        return trajectories.view(len(indices), count, FRAMES, -1)

    def compute(self) -> dict[str, Tensor]:
        """Simulate the trajectories and solve for the truth."""
        from suite.tracks.basins.dynamics.counter import keys, stream
        from suite.tracks.basins.dynamics.langevin import simulate
        from suite.tracks.basins.dynamics.oracle import truth

        sites = torch.tensor(self.system.sites, dtype=torch.float32)
        order = np.random.default_rng([self.seed, *self.name.encode()]).permutation(REPRESENTATIVES)
        for attempt in range(ATTEMPTS):
            scatter = keys(stream(self.seed, f"{self.name} starts {attempt}"), torch.arange(REPRESENTATIVES))
            starts = simulate(self.system, sites[order % len(sites)], scatter, 1, every=SCATTER)[:, 0]
            exact = truth(self.system, starts.numpy(), FRAMES, BURN_IN)
            if exact.ambiguous < AMBIGUOUS:
                break
        else:
            raise ValueError(f"{self.name}: {100 * exact.ambiguous:.0f} % of pairs are ambiguous. Change the horizon")
        return {
            "starts": starts,
            "trajectories": self.simulate(starts, range(REPRESENTATIVES), 0, TRAJECTORIES),
            "risk": torch.from_numpy(exact.risk),
            "labels": torch.from_numpy(exact.labels),
            "ambiguous": torch.tensor(exact.ambiguous),
        }


def trajectory_numbers(representatives: Tensor, first: int, count: int) -> Tensor:
    """Return the numbers [K * count] of trajectories ``first`` to ``first + count - 1`` of each representative."""
    return (representatives[:, None] * 2**32 + torch.arange(first, first + count)).flatten()
