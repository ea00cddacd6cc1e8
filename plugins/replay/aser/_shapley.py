"""Exact Shapley values of training samples for nearest neighbours."""

from __future__ import annotations

from suite.lazy import torch


def knn_shapley(distances: torch.Tensor, labels: torch.Tensor, evaluated: torch.Tensor, k: int) -> torch.Tensor:
    """Return what each candidate contributes to classifying each evaluation sample by k neighbours [E, N], float64.

    The value of a set of candidates is 1/k times the number of the evaluation sample's label among its k nearest in
    the set; an empty set is worth 0. Each row sums to the value of all candidates.

    Source: Jia et al. 2019 ("Efficient task-specific data valuation for nearest neighbor algorithms"), theorem 1, from
    the furthest candidate to the nearest: ``s_N = [y_N = y] min(k, N) / (k N)`` and ``s_i = s_(i+1) + ([y_i = y] -
    [y_(i+1) = y]) min(k, i) / (k i)``. Of equally distant candidates the first counts as nearer.

    Args:
        distances: [E, N], or anything that orders alike.
        labels: of the candidates [N].
        evaluated: labels of the evaluation samples [E].
        k: how many neighbours, at least 1.
    """
    order = distances.argsort(dim=1, stable=True)
    right = (labels[order] == evaluated[:, None]).double()
    rank = torch.arange(1, right.shape[1] + 1, device=right.device, dtype=torch.float64)
    steps = -right.diff(dim=1, append=torch.zeros_like(right[:, :1])) * rank.clamp(max=k) / (k * rank)
    return torch.empty_like(steps).scatter_(1, order, steps.flip(1).cumsum(dim=1).flip(1))
