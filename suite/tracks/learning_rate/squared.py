"""Problems whose loss is the squared error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.tracks.learning_rate.normalisation import Normalisation
from suite.tracks.learning_rate.problem import Part, Problem

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class SquaredProblem(Problem):
    """The loss is ``|outputs - targets|^2 / 2``, of a label the vector that is 1 at its place and 0 elsewhere."""

    @property
    def ignorance(self) -> float:
        """The loss of outputs that are 0, for labels."""
        return 0.5

    def squared(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss [N] of outputs [N, B, C]; labels [B], or targets [B, C]."""
        targets = labels if labels.ndim > 1 else torch.nn.functional.one_hot(labels, outputs.shape[2])
        return (outputs - targets).square().sum((1, 2)) / len(labels) / 2

    def gradient(self, weights: Tensor, rows: Tensor, ghosts: int = 1) -> Tensor:
        """See `Problem`."""
        with torch.enable_grad():
            leaf = weights.detach().requires_grad_()
            outputs = self.network.logits(leaf, self.heads, self.train.inputs[rows], Normalisation(ghosts))
            [gradient] = torch.autograd.grad(self.squared(outputs, self.train.labels[rows]).sum(), leaf)
        return gradient

    def losses(self, weights: Tensor, part: Part) -> Tensor:
        """See `Problem`."""
        return self.squared(self.asked(weights, part.inputs)[0], part.labels)
