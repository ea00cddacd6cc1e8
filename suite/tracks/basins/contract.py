"""What a basin detector gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from suite.contracts import Context, Method

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

Trajectories: TypeAlias = "Tensor"
"""[K, M, L, D], float32: K representatives, M trajectories from each, L saved frames in order of time, D dimensions."""


class Simulator(Protocol):
    """Makes further trajectories; every integrator step is counted, and there is a limit."""

    @property
    def steps_left(self) -> int:
        """How many integrator steps may still be spent."""

    def simulate(self, representatives: Sequence[int], count: int) -> Tensor:
        """Return ``count`` new trajectories from each representative [len(representatives), count, L, D].

        Raises:
            ValueError: that takes more than ``steps_left``.
        """


@dataclass(frozen=True, kw_only=True)
class BasinContext(Context):
    """What a detector may use besides the trajectories.

    Attributes:
        count: how many basins there are, under the setting ``basins=counted``; None under ``uncounted``.
        burn_in: how many frames at the beginning of each trajectory still remember where it started.
        simulator: for more trajectories from the same representatives.
    """

    count: int | None
    burn_in: int
    simulator: Simulator


@dataclass(frozen=True)
class Partition:
    """A detector's answer.

    Attributes:
        labels: basin of each representative [K], integers; which integer stands for which basin means nothing.
        risk: the risk of the best classifier between the states that two representatives' trajectories visit [K, K],
            as far as the detector can tell: 1/2 if nothing tells them apart, 0 if every state does. None if it does not
            estimate that.
    """

    labels: Sequence[int] | NDArray[np.integer] | Tensor
    risk: NDArray[np.floating] | Tensor | None = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.integer]:
        """Return the labels: a partition stands where an array of labels is expected."""
        import numpy as np

        labels: NDArray[np.integer] = np.array(np.asarray(self.labels), dtype=dtype)
        return labels


class BasinDetector(Method, ABC):
    """A detector of metastable basins. Derive from this, declare name, version and card, and write `partition`.

    One that can be told the number of basins declares ``uses = {"count"}``; one that must be, ``needs = {"count"}``.
    """

    track = "basins"

    @abstractmethod
    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition | Sequence[int]:
        """Return which representatives share a basin: their labels [K], or a `Partition`.

        ``trajectories`` [K, M, L, D] are on the context's device.
        """


class Proposer(BasinDetector, ABC):
    """A detector that also says from which states to start: write `propose` too."""

    needs = frozenset({"exploration"})

    @abstractmethod
    def propose(self, exploration: Tensor, most: int, context: BasinContext) -> Sequence[tuple[int, int]]:
        """Return at most ``most`` frames of the exploration [M, L, D], each as its trajectory and its place in that.

        What trajectories then start from is the state that was seen in the frame; `partition` gets them in this order.
        The exploration is hot: it crosses where the dynamics itself does not. Each proposal costs its trajectories.
        """
