"""Weibull distributions of the upper tails of distances, all classes at once: what OpenMax rests on."""

from __future__ import annotations

from dataclasses import dataclass

from suite.lazy import torch

SHIFT = 10_000.0  # libMR's: distances are moved so that the smallest of the tail lies here
HALVINGS = 60


@dataclass(frozen=True)
class Weibull:
    """One two-parameter distribution per class of ``distance - smallest + 10,000``, as libMR fits them.

    Attributes:
        smallest: of each class's tail [C].
        shape: k [C].
        log_scale: logarithm of scale / 10,000 [C].
    """

    smallest: torch.Tensor
    shape: torch.Tensor
    log_scale: torch.Tensor

    @classmethod
    def fit(cls, tails: torch.Tensor) -> Weibull:
        """Return the maximum-likelihood fit to tails [C, n], float64, NaN where a class has fewer than n distances.

        The shape is the root of ``sum y exp(k y) / sum exp(k y) - mean y - 1 / k``, y = log x, which rises in k. With
        s = max y - mean y it lies between 1 / s and 100 / s. A class without distances gets a
        distribution function that is one everywhere.
        """
        known = ~tails.isnan()
        counts = known.sum(dim=1).clamp(min=1)
        smallest = tails.nan_to_num(torch.inf).amin(dim=1)
        smallest = torch.where(smallest.isinf(), 0.0, smallest)
        logs = ((tails - smallest.unsqueeze(1)) / SHIFT).log1p().nan_to_num(0.0)
        largest = logs.amax(dim=1, keepdim=True)
        mean = logs.sum(dim=1) / counts
        spread = (largest[:, 0] - mean).clamp(min=1e-12)  # of equal distances: a step
        low, high = 1 / spread, 100 / spread
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            weights = ((logs - largest) * middle.unsqueeze(1)).exp() * known
            above = (weights * logs).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-300) - mean > 1 / middle
            low, high = torch.where(above, low, middle), torch.where(above, middle, high)
        shape = (low + high) / 2
        total = (((logs - largest) * shape.unsqueeze(1)).exp() * known).sum(dim=1)
        return cls(smallest, shape, largest[:, 0] + (total / counts).log() / shape)

    def cdf(self, distances: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return the distribution functions of classes [B, n] at distances [B, n]; 0 where they do not begin yet."""
        logs = ((distances - self.smallest[classes]) / SHIFT).clamp(min=-1).log1p()
        return -(-((logs - self.log_scale[classes]) * self.shape[classes]).exp()).expm1()
