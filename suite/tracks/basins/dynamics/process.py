"""A process: any Markov dynamics that can be simulated from a state, and whose laws can be computed without that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Process(ABC):
    """A Markov process with states [d].

    Attributes:
        name: unique among the named ones.
        sites: states around which representatives start, in turn.
        scatter: steps from a site to a start.
    """

    name: str
    sites: tuple[tuple[float, ...], ...]
    scatter: int

    @abstractmethod
    def steps(self, frames: int) -> int:
        """Return how many steps lie between two of ``frames`` evenly spaced over the horizon."""

    @abstractmethod
    def simulate(self, starts: Tensor, keys: Tensor, frames: int, every: int) -> Tensor:
        """Return states [N, frames, d], float32, one each ``every`` steps, from ``starts`` [N, d].

        A trajectory depends on its start and its key alone; ``keys`` [N] are those of `counter.keys`.
        """

    @abstractmethod
    def laws(self, starts: NDArray[np.float32], frames: int, burn_in: int) -> NDArray[np.float64]:
        """Return the law of a random frame after burn-in for each start [K, cells], without simulation."""

    @abstractmethod
    def features(self, states: Tensor) -> Tensor:
        """Return what an embedding shows of states [..., d]: distinct for distinct states, near plus and minus one."""
