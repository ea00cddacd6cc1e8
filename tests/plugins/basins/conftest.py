"""Problems to partition: small ones of the basins track, simulated once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from suite.contracts import Resources
from suite.tracks.basins import BasinContext, BasinDetector, Partition
from suite.tracks.basins.dynamics.embedding import Embedding, Kind
from suite.tracks.basins.dynamics.systems import SYSTEMS
from suite.tracks.basins.latent import BURN_IN, Latent
from suite.tracks.basins.metrics import adjusted_rand_index
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator


@dataclass(frozen=True)
class Case:
    """A problem of seed 0 with its trajectories [K, M, L, D] and the oracle's labels and risk.

    Methods are told the number of basins if it is ``counted``.
    """

    problem: EmbeddedProblem
    resources: Resources
    trajectories: Tensor
    truth: NDArray[np.int64]
    risk: NDArray[np.float64]
    counted: bool = False

    def context(self, seed: int = 0) -> BasinContext:
        """Return what the protocol gives a method."""
        count = len(set(self.truth.tolist())) if self.counted else None
        simulator = MeteredSimulator(self.problem, self.resources)
        return BasinContext(seed=seed, count=count, burn_in=BURN_IN, simulator=simulator)

    def found(self, method: BasinDetector, trajectories: Tensor | None = None) -> NDArray[np.int64]:
        """Return the method's labels."""
        given = self.trajectories if trajectories is None else trajectories
        answer = method.partition(given, self.context())
        return np.asarray(answer.labels if isinstance(answer, Partition) else answer)

    def ari(self, method: BasinDetector) -> float:
        """Return how good the method's labels are."""
        return adjusted_rand_index(self.truth, self.found(method))


@pytest.fixture
def case(resources: Resources) -> Callable[..., Case]:
    """Make a case: ``case("signflip")``, ``case("linear", 1000)``, ``case(system="prinz", counted=True)``."""

    def made(kind: Kind = "linear", dimension: int = 50, system: str = "quadruple-well", counted: bool = False) -> Case:
        problem = EmbeddedProblem(Latent(SYSTEMS[system], 0), Embedding(kind, dimension))
        known = problem.latent.arrays(resources)
        trajectories = problem.trajectories(resources)
        return Case(problem, resources, trajectories, known["labels"].numpy(), known["risk"].numpy(), counted)

    return made
