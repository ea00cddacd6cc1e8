"""Many small classifiers of the same shape, trained side by side: one batched product in place of a loop over them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from pydantic import Field

from suite.lazy import torch
from suite.tracks.basins import BasinDetector

if TYPE_CHECKING:
    from torch import Tensor


class Training(BasinDetector.Parameters):
    """How the networks are trained: AdamW (Loshchilov and Hutter 2019) under a one-cycle rate (Smith 2018)."""

    hidden: int = Field(64, ge=1, description="width of the two hidden layers")
    epochs: int = Field(30, ge=1, description="passes over the training states")
    batch_size: int = Field(256, ge=1, description="states per step")
    learning_rate: float = Field(3e-3, gt=0, description="largest rate of the cycle")
    weight_decay: float = Field(1e-2, ge=0, description="of weights, not of biases")


class Perceptrons:
    """``n`` networks of two hidden ReLU layers, each with inputs [q] of its own and logits [C]."""

    def __init__(
        self,
        n: int,
        inputs: int,
        classes: int,
        training: Training,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
    ) -> None:
        hidden, self._training, self._generator = training.hidden, training, generator
        sizes = ((inputs, hidden, 2.0), (hidden, hidden, 2.0), (hidden, classes, 1.0))
        # He's initialisation (2015), but for the last layer; the same numbers whatever the device.
        self._weights = [
            torch.randn(n, before, after, generator=generator).mul_((gain / before) ** 0.5).to(device)
            for before, after, gain in sizes
        ]
        self._biases = [torch.zeros(n, 1, after, device=device) for _, after, _ in sizes]

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the logits [n, N, C] of inputs [n, N, q]."""
        *hidden, last = zip(self._weights, self._biases, strict=True)
        for weight, bias in hidden:
            inputs = torch.baddbmm(bias, inputs, weight).relu_()
        return torch.baddbmm(last[1], inputs, last[0])

    def only(self, number: int) -> Perceptrons:
        """Return one of the networks, as a batch of one."""
        one = copy.copy(self)
        one._weights = [each[number : number + 1] for each in self._weights]
        one._biases = [each[number : number + 1] for each in self._biases]
        return one

    def fit(self, inputs: Tensor, labels: Tensor) -> None:
        """Train on inputs [n, N, q] with the same labels [N] for every network, by cross-entropy."""
        from torch.nn.functional import cross_entropy

        training, (n, count) = self._training, inputs.shape[:2]
        batch = min(training.batch_size, count)
        parameters = [each.requires_grad_() for each in (*self._weights, *self._biases)]
        decayed, free = parameters[: len(self._weights)], parameters[len(self._weights) :]
        groups = [{"params": decayed, "weight_decay": training.weight_decay}, {"params": free, "weight_decay": 0.0}]
        optimiser = torch.optim.AdamW(groups, lr=training.learning_rate)
        steps = training.epochs * (count // batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, training.learning_rate, total_steps=steps)
        for _ in range(training.epochs):
            order = torch.randperm(count, generator=self._generator).to(inputs.device)
            for rows in order[: count // batch * batch].view(-1, batch):
                logits = self(inputs[:, rows])
                # The sum over networks: each one's gradient is as if it were trained alone.
                loss = n * cross_entropy(logits.flatten(0, 1), labels[rows].repeat(n))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        for each in parameters:
            each.requires_grad_(False)
