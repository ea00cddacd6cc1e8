"""Gaussian kernels on training features: the density that they add up to, and how many of them carry it.

Biroli and Mezard 2024 tell three regimes of a kernel density in high dimension. For a wide kernel many points carry the
density at a new point, and the central limit theorem holds. Below ``h_CLT`` the density fluctuates as an alpha-stable
law. Below ``h_G`` the few nearest points carry all of it: it has condensed, as the random energy model does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from suite.lazy import torch

from ._matmul import matmul

PAIRS = 2**19
"""Pairs of query and point at a time: 2 MB in float32, so that what is computed from them stays in the cache."""
HALF = 0.5
LEAST = -40.0
"""The exponent under which a weight is no smaller beside one of 1: subnormal numbers are many times as slow."""


def weigh(queries: torch.Tensor, points: torch.Tensor, widths: Sequence[float]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the log of the mean kernel ``exp(-|x - y|^2 / 2 h^2)`` [H, B], and its concentration [H, B].

    Concentration is the sum of squares of the points' shares in it: 1 where one point carries all, 1/N where all N
    carry alike. ``queries`` are [B, D], ``points`` [N, D], ``widths`` the H bandwidths h.
    """
    scales = 0.5 / queries.new_tensor(widths)[:, None].square()
    nearest = queries.new_full((len(queries),), torch.inf)
    totals, squares = (queries.new_zeros(len(widths), len(queries)) for _ in range(2))
    lengths = queries.square().sum(dim=1, keepdim=True)
    for block in torch.split(points, max(1, PAIRS // max(1, len(queries)))):
        distances = (lengths + block.square().sum(dim=1) - 2 * matmul(queries, block)).clamp_(min=0)
        nearer = torch.minimum(nearest, distances.amin(dim=1))
        shrink = (scales * (nearer - nearest)).exp()
        distances -= nearer[:, None]
        for scale, shrunk, total, square in zip(scales, shrink, totals, squares, strict=True):
            weights = (distances * -scale).clamp_(min=LEAST).exp_()
            total.mul_(shrunk).add_(weights.sum(dim=1))
            square.mul_(shrunk.square()).add_(weights.square_().sum(dim=1))
        nearest = nearer
    return (totals / len(points)).log() - scales * nearest, squares / totals.square()


@dataclass(frozen=True)
class Regimes:
    """The two bandwidths between which a kernel density is heavy-tailed: ``condensed`` is h_G, ``normal`` h_CLT."""

    condensed: float
    normal: float

    @classmethod
    def of(cls, widths: Sequence[float], concentrations: Sequence[float]) -> Regimes:
        """Find them from the mean concentration at new points, for rising bandwidths.

        In the condensed phase of the random energy model it is ``1 - (h / h_G)^2`` in the mean: a half where h is
        ``h_G / sqrt(2)``. A sum of weights obeys the central limit theorem where the sum of their squares is not
        condensed, and squaring a kernel divides h by ``sqrt(2)``: ``h_CLT = sqrt(2) h_G``.

        Raises:
            ValueError: the concentration does not cross a half between the bandwidths.
        """
        for (lower, before), (upper, after) in pairwise(zip(widths, concentrations, strict=True)):
            if before >= HALF > after:
                share = (before - HALF) / (before - after)
                half = math.exp(math.log(lower) + share * (math.log(upper) - math.log(lower)))
                return cls(condensed=math.sqrt(2) * half, normal=2 * half)
        ends = f"{concentrations[0]:.2f} at {widths[0]:.3g} to {concentrations[-1]:.2f} at {widths[-1]:.3g}"
        raise ValueError(f"the mean concentration, {ends}, does not cross a half: no border of condensation is found")

    @property
    def middle(self) -> float:
        """The bandwidth between the two, at equal ratios."""
        return math.sqrt(self.condensed * self.normal)

    def __call__(self, width: float) -> str:
        """Return the regime that a bandwidth is in."""
        if width < self.condensed:
            return "condensed"
        return "heavy-tailed" if width < self.normal else "central limit"
