"""An encoder in training as a walker: a step is an update at an inverse temperature of the loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.contracts import TaskContext
from suite.lazy import torch
from suite.models.architecture import Architecture
from suite.tracks.temperature.contract import Walkers
from suite.tracks.temperature.encoder.contrast import Objective, contrast, viewed
from suite.tracks.temperature.walkers import Record

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Training:
    """How an encoder is trained: AdamW, whose rate falls over the budget as half a cosine.

    Attributes:
        architecture: maps images to embeddings before normalisation [N, D].
        updates: the budget; ``batch``: images of an update, each in two views.
    """

    architecture: Architecture
    updates: int
    batch: int
    rate: float
    weight_decay: float = 1e-4


class EncoderWalkers(Walkers):
    """See `Walkers`: one run of one walker, without noise; tau is 1 / beta.

    Args:
        training: how; ``images``: on which [N, C, H, W].
        objective: the loss; ``coldest``: the inverse temperature at which `energies` looks.
        context: of whose seed weights, batches and views are.
    """

    runs = count = 1

    def __init__(
        self, training: Training, images: Tensor, objective: Objective, coldest: float, context: TaskContext
    ) -> None:
        self.training, self.images, self.objective, self.coldest = training, images, objective, coldest
        self.budget = training.updates
        self.used, self.record, self._order, self._slope = 0, Record(np.zeros(0, np.int64)), torch.arange(0), math.nan
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self.network = training.architecture.build()
        self._optimiser = torch.optim.AdamW(self.network.parameters(), weight_decay=training.weight_decay)
        self._generator = context.method.generator("task:views")

    @property
    @override
    def left(self) -> int:
        return self.budget - self.used

    def finish(self) -> NDArray[np.float32]:
        """Return the weights [P, 1]."""
        return np.asarray(torch.nn.utils.parameters_to_vector(self.network.parameters()).detach().numpy()[:, None])

    @override
    def walk(self, betas: NDArray[np.floating]) -> None:
        given = np.asarray(betas, np.float64)
        if given.shape not in ((len(given),), (len(given), 1)) or not ((given > 0) & np.isfinite(given)).all():
            raise ValueError("the inverse temperatures of an encoder must be positive and finite, of shape [S]")
        self._spend(len(given), "steps")
        for beta in given.reshape(-1).tolist():
            log_beta = torch.tensor(math.log(beta), requires_grad=True)
            fallen = (1 + math.cos(math.pi * self.used / self.budget)) / 2
            self._optimiser.param_groups[0]["lr"] = self.training.rate * fallen
            self._optimiser.zero_grad()
            self._loss(log_beta.exp()).backward()
            self._optimiser.step()
            assert log_beta.grad is not None
            self._slope = float(log_beta.grad)
            self.used += 1
            self.record.betas.append(beta)

    def energies(self) -> NDArray[np.float64]:
        """See `Walkers`: the loss of the next batch."""
        self._spend(1, "energies")
        self.used += 1
        with torch.no_grad():
            return np.array([[float(self._loss(self.coldest))]])

    @override
    def slopes(self) -> NDArray[np.float64]:
        return np.array([[self._slope]])

    def gather(self, rows: NDArray[np.integer]) -> None:
        """See `Walkers`. One encoder does not multiply: anything but [[0]] is refused."""
        if np.asarray(rows).tolist() != [[0]]:
            raise ValueError("there is only one encoder. It cannot be copied")

    def embedded(self, images: Tensor) -> Tensor:
        """Return unit vectors [N, D] of images [N, C, H, W]."""
        with torch.no_grad():
            return self._points(images)

    def _loss(self, beta: Tensor | float) -> Tensor:
        if len(self._order) < self.training.batch:
            self._order = torch.randperm(len(self.images), generator=self._generator)
        chosen, self._order = self._order[: self.training.batch], self._order[self.training.batch :]
        views = viewed(self.images[chosen].repeat(2, 1, 1, 1), self._generator)
        return contrast(self._points(views), beta, self.objective)

    def _points(self, images: Tensor) -> Tensor:
        return torch.nn.functional.normalize(self.network(images), dim=1)

    def _spend(self, cost: int, what: str) -> None:
        if cost > self.left:
            raise ValueError(f"the {what} cost {cost} evaluations. Only {self.left} are left")
