"""Orders by score in which ties are broken at random and never by rounding."""

from __future__ import annotations

import numpy as np

from suite.lazy import torch

ROUNDING = 1e-9
"""Neighbouring scores no further apart than this share of the largest magnitude are one."""


def levels(scores: torch.Tensor) -> torch.Tensor:
    """Return each score's number in rising order [N], from 0 and equal for ties, int64 on the CPU.

    Raises:
        ValueError: a score is not finite.
    """
    values = scores.detach().double().cpu()
    strange = int((~values.isfinite()).sum())
    if strange:
        raise ValueError(f"{strange} of {len(values)} scores are not finite; they order nothing")
    rising, order = values.sort()
    above = rising.diff() > ROUNDING * (values.abs().max() if len(values) else 0.0)
    numbers = torch.zeros(len(values), dtype=torch.int64)
    numbers[order[1:]] = above.cumsum(dim=0)
    return numbers


def ranked(scores: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Return all places [N], those of the largest scores first and ties in random order."""
    numbers = levels(scores).numpy()
    return torch.from_numpy(np.lexsort((rng.random(len(numbers)), -numbers)))


def drawn(weights: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Return all places [N] as drawn one by one without replacement with probability proportional to weights.

    Places of weight 0 come last, in random order. Each place has the key -log(U) / weight and the smallest comes first
    (Efraimidis and Spirakis 2006).
    """
    heavy = weights.detach().double().cpu().numpy()
    keys = np.full(len(heavy), np.inf)
    np.divide(rng.exponential(size=len(heavy)), heavy, out=keys, where=heavy > 0)
    return torch.from_numpy(np.lexsort((rng.random(len(heavy)), keys)))
