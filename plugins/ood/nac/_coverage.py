"""How much of a neuron's range training has covered: the histograms of NAC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suite.lazy import torch

NARROWEST = 1e-6  # the outermost geometric bins end this far from 0 and 1


@dataclass(frozen=True)
class Coverage:
    """The histograms of one layer's neurons over states in [0, 1].

    Attributes:
        edges: between the bins [bins - 1].
        covered: share of full coverage, at most one [neurons, bins].
    """

    edges: torch.Tensor
    covered: torch.Tensor

    @classmethod
    def of(cls, states: torch.Tensor, bins: int, filled: int, spacing: Literal["uniform", "geometric"]) -> Coverage:
        """Return the coverage by states [N, neurons], ``filled`` of them in a bin being full coverage."""
        edges = (uniform if spacing == "uniform" else geometric)(bins).to(states)
        hits = states.new_zeros(states.shape[1], bins)
        places = torch.bucketize(states.T.contiguous(), edges)
        hits.scatter_add_(1, places, torch.ones_like(places, dtype=hits.dtype))
        return cls(edges, (hits / filled).clamp(max=1))

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Return the coverage of the bins that states [B, neurons] lie in, [B, neurons]."""
        return self.covered.gather(1, torch.bucketize(states.T.contiguous(), self.edges)).T


def uniform(bins: int) -> torch.Tensor:
    """Return the edges between bins of equal width."""
    return torch.linspace(0, 1, bins + 1)[1:-1]


def geometric(bins: int) -> torch.Tensor:
    """Return the edges between bins whose widths grow by one factor from 0 to a half, and shrink so from there to 1."""
    import math

    left = torch.logspace(math.log10(NARROWEST), math.log10(0.5), bins // 2 + 1)
    right = 1 - torch.logspace(math.log10(NARROWEST), math.log10(0.5), bins - bins // 2 + 1).flip(0)
    return torch.cat([left, right[1:]])[1:-1]
