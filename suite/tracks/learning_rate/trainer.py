"""The trainer of a task: batches in the same order for every method, each gradient counted."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from suite.lazy import torch
from suite.tracks.learning_rate.contract import Trainer

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.learning_rate.problem import Problem


class TaskTrainer(Trainer):
    """See `Trainer`.

    Args:
        problem: what to train, with a row of its ``start`` for each rate.
        rates: of the runs [N].
        updates: the budget; ``batch``: samples of a gradient, or None for all of them.
        rng: of the order of batches. Each epoch has a new order, and drops what fills no batch.
    """

    def __init__(
        self, problem: Problem, rates: Tensor, updates: int, batch: int | None, rng: np.random.Generator
    ) -> None:
        problem = replace(problem, test=problem.validation)  # whoever trains has no test data within reach
        self._problem, self._rates, self._rng = problem, rates.to(problem.start), rng
        self._samples = len(problem.train.labels)
        self.batch, self.updates, self.used = batch or self._samples, updates, 0
        self._rows = self._order = torch.empty(0, dtype=torch.int64)

    @property
    @override
    def rates(self) -> Tensor:
        return self._rates.clone()

    @property
    @override
    def start(self) -> Tensor:
        return self._problem.start.clone()

    @property
    @override
    def radius(self) -> float:
        return self._problem.radius

    @property
    @override
    def left(self) -> int:
        return self.updates - self.used

    @property
    def look(self) -> int:
        """What a look at validation data costs."""
        return ceil(len(self._problem.validation.labels) / self.batch / 3)

    @override
    def gradient(self, weights: Tensor, again: bool = False, ghosts: int = 1) -> Tensor:
        if ghosts < 1 or self.batch % ghosts:
            raise ValueError(f"a batch of {self.batch} cannot be cut into {ghosts} equal parts")
        if again and not len(self._rows):
            raise ValueError("no batch was taken yet, so none can be taken again")
        self._spend(1, weights)
        if not again:
            self._rows = self._next_rows()
        return self._problem.gradient(weights, self._rows, ghosts)

    @override
    def validation(self, weights: Tensor) -> Tensor:
        self._spend(self.look, weights)
        return 1 - self._problem.errors(weights, self._problem.validation)

    def _spend(self, cost: int, weights: Tensor) -> None:
        if weights.shape != self._problem.start.shape:
            raise ValueError(f"the weights have shape {tuple(weights.shape)}, not {tuple(self._problem.start.shape)}")
        if cost > self.left:
            raise ValueError(f"it costs {cost} gradients a run. Only {self.left} are left")
        self.used += cost

    def _next_rows(self) -> Tensor:
        if len(self._order) < self.batch:
            self._order = torch.from_numpy(self._rng.permutation(self._samples))
        rows, self._order = self._order[: self.batch], self._order[self.batch :]
        return rows.to(self._problem.start.device)
