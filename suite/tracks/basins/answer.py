"""A method's answer to one problem, beside the truth, and what it is worth by each metric."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suite.tracks.basins.metrics import (
    ARI,
    COUNT_ERROR,
    EXACT,
    RISK_ERROR,
    SECONDS,
    STEPS,
    adjusted_rand_index,
    count_error,
    is_exact,
    risk_error,
)


@dataclass(frozen=True)
class Answer:
    """What a method said of one problem, beside the truth.

    Attributes:
        problem: its name, ``embedding/system``.
        starts: latent states of the representatives [K, d].
        labels: the oracle's [K].
        exact_risk: the oracle's [K, K].
        found: the method's labels [K], or None if it failed, with ``error`` saying why.
        risk: the method's estimate [K, K], or None.
        steps: integrator steps; ``seconds``: of the method alone.
        arrays: sha256 of the trajectories that the method was given.
    """

    problem: str
    starts: NDArray[np.float64]
    labels: NDArray[np.int64]
    exact_risk: NDArray[np.float64]
    found: NDArray[np.int64] | None
    risk: NDArray[np.float64] | None
    steps: int
    seconds: float
    arrays: str
    error: str = ""

    @property
    def group(self) -> str:
        """What the system is seen through, as ``linear-50``."""
        return self.problem.split("/")[0]

    @cached_property
    def values(self) -> dict[str, float]:
        """Every metric of this problem by name; a failure counts as having found nothing."""
        basins = len(np.unique(self.labels))
        values = {
            ARI.name: 0.0 if self.found is None else adjusted_rand_index(self.labels, self.found),
            COUNT_ERROR.name: basins if self.found is None else count_error(self.labels, self.found),
            EXACT.name: 0.0 if self.found is None else float(is_exact(self.labels, self.found)),
            STEPS.name: self.steps,
            SECONDS.name: self.seconds,
        }
        return values if self.risk is None else {**values, RISK_ERROR.name: risk_error(self.exact_risk, self.risk)}
