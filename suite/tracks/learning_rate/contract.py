"""What a training procedure gets: a trainer whose every gradient is counted, and a grid of rates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Context, Method
from suite.contracts.returned import real
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def on_sphere(weights: Tensor, radius: float) -> Tensor:
    """Return weights [N, P] with each row scaled to the norm ``radius``; as they are if that is 0."""
    return radius * torch.nn.functional.normalize(weights, dim=1) if radius else weights


class Trainer(ABC):
    """N runs of one network, a rate of the grid for each, with a budget of gradients for each. Weights are [N, P].

    Rates are effective ones: of weights of norm 1, or where the network is on no sphere, of the weights as they are.
    Data are in training and validation parts; the test is not here.
    """

    @property
    @abstractmethod
    def rates(self) -> Tensor:
        """Rates of the runs [N], beside the weights: the grid from low to high, each as often as there are starts."""

    @property
    @abstractmethod
    def start(self) -> Tensor:
        """The initial weights [N, P], the same ones for each rate."""

    @property
    @abstractmethod
    def radius(self) -> float:
        """The norm of a run's weights after each update; 0 where they are not projected."""

    @property
    @abstractmethod
    def left(self) -> int:
        """How many gradients each run may still spend."""

    @abstractmethod
    def gradient(self, weights: Tensor, again: bool = False, ghosts: int = 1) -> Tensor:
        """Return the gradient of the loss on the next batch of training data [N, P]; costs 1.

        ``again``: on the same batch as before. ``ghosts``: batch norm normalises so many equal parts of the batch
        each by itself.

        Raises:
            ValueError: nothing is left, the shape is not that of `start`, there is no batch to take again, or the
                batch has no such parts.
        """

    @abstractmethod
    def validation(self, weights: Tensor) -> Tensor:
        """Return each run's accuracy on validation data [N]; costs a third of its size in batches, rounded up.

        That the statistics of batch norm are gathered anew for it costs nothing.

        Raises:
            ValueError: that is more than ``left``, or the shape is not that of `start`.
        """

    def on_sphere(self, weights: Tensor) -> Tensor:
        """Return weights [N, P] with each row scaled to `radius`, jointly over all layers."""
        return on_sphere(weights, self.radius)

    def train(self, weights: Tensor, rates: Tensor, ghosts: int = 1) -> Tensor:
        """Return weights after a step of plain SGD for each row of ``rates``, [S] or [S, N], each projected.

        On a sphere of radius r a step has the length r^2 times the rate.
        """
        scale = self.radius**2 or 1.0
        for rate in rates.to(weights)[..., None]:
            weights = self.on_sphere(weights - scale * rate * self.gradient(weights, ghosts=ghosts))
        return weights


@dataclass(frozen=True, kw_only=True)
class TrainingContext(Context):
    """What is known of the budget.

    Attributes:
        updates: how many gradients the budget of a run has; ``batch``: samples in each.
        look: what a look at validation data costs.
        fine: a small rate, at which training converges: for fine-tuning.
    """

    updates: int
    batch: int
    look: int
    fine: float


class Procedure(Method, ABC):
    """Trains each run of a grid of rates under a budget. Write `train`; for rates alone, see `Schedule`."""

    track = "learning-rate"

    @abstractmethod
    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """Spend the budget, and return the final weights of each run [N, P]."""


class Schedule(Procedure):
    """Plain SGD at rates that are known beforehand. Write `rates`."""

    @abstractmethod
    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """Return the rate of each update and run [context.updates, N].

        ``grid`` [N] is what each run is to be like. It is on the CPU, wherever the weights are.
        """

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """Train by the schedule.

        Raises:
            WrongReturn: what `rates` returns is no tensor of real numbers of this shape.
            ValueError: it has a rate that is negative or not finite.
        """
        rates, wanted = self.rates(trainer.rates.cpu(), context), (context.updates, len(trainer.rates))
        rates = real(rates, f"rates of {self.name}", wanted, finite=False)
        if wrong := (~(rates.isfinite() & (rates >= 0))).nonzero().tolist():
            update, run = wrong[0]
            raise ValueError(
                f"rates of {self.name} returns {float(rates[update, run])} at update {update} of run {run}"
            )
        return trainer.train(trainer.start, rates)
