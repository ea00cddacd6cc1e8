"""What a method of annealing gets: walkers whose every gradient is counted, and what is known of the landscape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Context, Method

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Walkers(ABC):
    """N runs, each of K walkers, with a budget of gradient evaluations for each run. Walker 0 is the run's answer.

    K is 1 at the start. The task moves the walkers, by plain Langevin steps on the landscape; a method chooses inverse
    temperatures, sees energies, and says which walkers go on. An encoder in training is a walker too: a step is an
    update at that inverse temperature of its loss, and its energy the loss of a batch.
    """

    @property
    @abstractmethod
    def left(self) -> int:
        """How many evaluations of gradient or energy each run may still spend."""

    @abstractmethod
    def walk(self, betas: NDArray[np.floating]) -> None:
        """Take one step for each inverse temperature [S], or for each of every walker [S, K]; costs S K.

        Raises:
            ValueError: that is more than ``left``, or a beta is not positive and finite.
        """

    @abstractmethod
    def energies(self) -> NDArray[np.float64]:
        """Return the energy of every walker [N, K], at the task's own tau; costs K.

        Raises:
            ValueError: that is more than ``left``.
        """

    @abstractmethod
    def gather(self, rows: NDArray[np.integer]) -> None:
        """Let walker k of run n go on from where the run's walker ``rows[n, k]`` stands [N, L]; from now on K is L."""

    def slopes(self) -> NDArray[np.float64]:
        """Return how the loss of the last step changes with log beta [N, K]; free, where a task gives ``loss``.

        Raises:
            ValueError: the task gives none.
        """
        raise ValueError("the loss is not given. Declare needs = {'loss'}")


@dataclass(frozen=True, kw_only=True)
class AnnealingContext(Context):
    """What is known of the landscape and of the budget.

    Attributes:
        runs: N; ``step``: eta, the time of one step; ``steps``: how many gradients the budget of a run has.
        hottest, coldest: the inverse temperatures between which schedules of no other range stay.
        barrier: the largest one from any other minimum to the global ones, H*; None where nobody knows.
    """

    runs: int
    step: float
    steps: int
    hottest: float
    coldest: float
    barrier: float | None

    @property
    def horizon(self) -> float:
        """The time of the whole budget, spent by one walker."""
        return self.step * self.steps

    @property
    def times(self) -> NDArray[np.float64]:
        """The time before each step, spent by one walker [steps]."""
        import numpy as np

        return np.asarray(self.step * np.arange(self.steps), np.float64)


class Annealer(Method, ABC):
    """Brings walkers to the global minima under a budget. Write `anneal`; for a schedule alone, see `Schedule`."""

    track = "temperature"

    @abstractmethod
    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Spend the budget. What walker 0 of each run is at the end is the answer."""


class Schedule(Annealer):
    """An inverse temperature for each step, known beforehand. Write `betas`."""

    @abstractmethod
    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """Return the inverse temperature of each step [context.steps]."""

    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Walk the schedule."""
        walkers.walk(self.betas(context))
