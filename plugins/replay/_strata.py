"""Stratified selection by score, as coverage-centric coreset selection does it (Zheng et al. 2023; authors' code)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from suite.lazy import torch


def strata(scores: torch.Tensor, number: int) -> torch.Tensor:
    """Return which of ``number`` equally wide intervals from the smallest to the largest score each is in [N].

    The upper edge lies above the largest score. The authors take 1.0001 times that score, which for a negative one lies
    below it, so that the top sample is lost.
    """
    values = scores.detach().double().cpu()
    low, high = values.min(), values.max()
    edge = high + 1e-4 * high.abs() + torch.finfo(torch.float64).tiny
    return ((values - low) / (edge - low) * number).long().clamp(max=number - 1)


def budgets(counts: Sequence[int], total: int) -> list[int]:
    """Return how many to take from each stratum, given how many it has; ``total`` in all, or everything if less.

    From the smallest stratum to the largest, each gives an equal share of what is still to be taken, or all it has.
    """
    budget = [0] * len(counts)
    for left, stratum in enumerate(sorted(range(len(counts)), key=counts.__getitem__)):
        budget[stratum] = min(counts[stratum], (total - sum(budget)) // (len(counts) - left))
    return budget


def proportional(counts: Sequence[int], total: int) -> list[int]:
    """Return whole shares of ``total`` in proportion to counts: rounded down, then the largest remainders up."""
    exact = [total * count / sum(counts) for count in counts]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def stratified(scores: torch.Tensor, total: int, number: int, rng: np.random.Generator) -> torch.Tensor:
    """Return ``total`` places in random order, drawn uniformly within each of ``number`` strata of the scores [N]."""
    where = strata(scores, number).numpy()
    order = rng.permutation(len(where))
    chosen = [
        order[where[order] == stratum][:budget]
        for stratum, budget in enumerate(budgets(np.bincount(where, minlength=number).tolist(), total))
        if budget
    ]
    return torch.from_numpy(rng.permutation(np.concatenate([*chosen, order[:0]])))
