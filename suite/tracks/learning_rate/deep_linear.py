"""Deep linear networks that learn a matrix: gradient descent on them is known exactly, mode by mode.

From balanced spectral weights (``W_1 = u V'``, ``W_l = u 1``, ``W_L = u U`` of the target ``A = U diag(s) V'``) each
mode goes its own way, ``u <- u - rate u^(L-1) (u^L - s)``. The loss is 0 where ``u^L = s``; there the top eigenvalue of
its Hessian is ``L max(s)^(2 - 2/L)``, and rates above 2 over that lead away from it. Source: Saxe, McClelland and
Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014; for the
eigenvalue, Mulayoff and Michaeli, "Unique properties of flat minima in deep networks", ICML 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from suite.lazy import torch
from suite.tracks.learning_rate.network import SphereNetwork
from suite.tracks.learning_rate.normalisation import Normalisation
from suite.tracks.learning_rate.problem import Part
from suite.tracks.learning_rate.squared import SquaredProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Numbers = NDArray[np.float64]


class DeepLinear(SphereNetwork):
    """A product of ``depth`` square matrices of ``size``; what it is fed has no classes, and its last layer is 1."""

    normalises_batches = False

    def __init__(self, size: int, depth: int) -> None:
        self.shapes, self.features, self.classes, self.depth = ((size, size),) * depth, size, size, depth

    @override
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        hidden = inputs.expand(len(layers[0]), -1, -1)
        for layer in layers:
            hidden = torch.bmm(hidden, layer.transpose(1, 2))
        return hidden


@dataclass(frozen=True)
class MatrixProblem(SquaredProblem):
    """Networks that learn ``A = left diag(strengths) right'`` of noiseless data whose second moments are 1.

    The loss of a gradient is ``|product - A|^2 / 2``. What is told of a network is a share of that of the product 0.

    Attributes:
        left, right: [D, D]; ``strengths``: of the modes [D].
    """

    left: Tensor
    right: Tensor
    strengths: Tensor

    @classmethod
    def made(
        cls, network: DeepLinear, strengths: Numbers, scale: float, runs: int, generator: torch.Generator
    ) -> MatrixProblem:
        """Return balanced spectral weights with ``u = scale``, as often as there are runs; in double precision."""
        size = len(strengths)
        drawn = torch.randn(3, 2 * size, size, generator=generator, dtype=torch.float64)
        (left, right), inputs = torch.linalg.qr(drawn[:2, :size])[0], torch.linalg.qr(drawn[2])[0] * (2 * size) ** 0.5
        one, given = torch.eye(size, dtype=torch.float64), torch.from_numpy(strengths)
        layers = torch.stack([right.T, *[one] * (network.depth - 2), left]) * scale
        data = Part(inputs, inputs @ (left * given @ right.T).T)
        start, heads = layers.flatten().repeat(runs, 1), one.repeat(runs, 1, 1)
        return cls(network, 0.0, start, heads, data, data, data, left, right, given)

    @property
    def guessing(self) -> float:
        """A product of 0 has learned no mode."""
        return 0.0

    @property
    def ignorance(self) -> float:
        """The loss of a product of 0."""
        return 1.0

    def hits(self, weights: Tensor, part: Part) -> Tensor:
        """Return the share of each mode that is learned [N, D], ``1 - |found - s| / s`` and at least 0."""
        answers = self.asked(weights, part.inputs)
        product = answers.transpose(1, 2) @ part.inputs / len(part.inputs)
        modes = torch.einsum("ik,nij,jk->nk", self.left, product, self.right)
        return (1 - (modes - self.strengths).abs() / self.strengths).nan_to_num(nan=0.0).clamp(min=0)

    def losses(self, weights: Tensor, part: Part) -> Tensor:
        """Return the loss of each network [N], as a share of that of a product of 0."""
        return super().losses(weights, part) * 2 * len(part.labels) / part.labels.square().sum()


def stable_rate(strengths: Numbers, depth: int) -> float:
    """Return the largest rate at which gradient descent stays at the balanced minimum, 2 over its top eigenvalue."""
    return float(2 / (depth * strengths.max() ** (2 - 2 / depth)))


def descended(strengths: Numbers, depth: int, scale: float, rates: Numbers) -> Numbers:
    """Return the exact relative loss after plain gradient descent with a rate for each update [S]."""
    u = np.full(len(strengths), scale)
    with np.errstate(over="ignore", invalid="ignore"):
        for rate in rates:
            u = u - rate * u ** (depth - 1) * (u**depth - strengths)
        loss: Numbers = ((u**depth - strengths) ** 2).sum() / (strengths**2).sum()
    return loss
