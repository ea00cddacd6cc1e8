"""Problems whose loss is the squared error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.tracks.learning_rate.problem import Problem

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class SquaredProblem(Problem):
    """The loss is ``|outputs - targets|^2 / 2``, of a label the vector that is 1 at its place and 0 elsewhere."""

    @property
    def ignorance(self) -> float:
        """The loss of outputs that are 0, for labels."""
        return 0.5

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss [N] of outputs [N, B, C]; labels [B], or targets [B, C]."""
        targets = labels if labels.ndim > 1 else torch.nn.functional.one_hot(labels, outputs.shape[2])
        return (outputs - targets).square().sum((1, 2)) / len(labels) / 2
