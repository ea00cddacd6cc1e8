"""Greedy search for the set of samples whose kernel has the largest determinant."""

from __future__ import annotations

from suite.lazy import torch
from suite.tracks.replay.hopfield import matched_beta

EXHAUSTED = 1e-10
"""A sample of less variance than this, given those chosen, is one of them again but for rounding."""


def kernel(features: torch.Tensor, beta: float | None = None) -> torch.Tensor:
    """Return exp(-beta |f - g|^2 / 2) of all pairs of features [N, D], float64 [N, N]; beta None is `matched_beta`."""
    points = features.detach().double().cpu()
    if len(points) < 2:
        return torch.ones(len(points), len(points), dtype=torch.float64)
    return (-(matched_beta(points) if beta is None else beta) * torch.cdist(points, points).square() / 2).exp()


def greedy(matrix: torch.Tensor, count: int) -> torch.Tensor:
    """Return up to ``count`` places, each time the one that raises the determinant of the chosen part most.

    It stops early where no other place raises it above 0. Source: Chen, Zhang and Zhou 2018, algorithm 1, in
    O(N count^2): the matrix [N, N] is factored row by row as places are chosen.
    """
    left = matrix.diagonal().clone()
    rows = matrix.new_zeros(count, len(matrix))
    chosen: list[int] = []
    while len(chosen) < count and float(left.max()) > EXHAUSTED:
        place, number = int(left.argmax()), len(chosen)
        rows[number] = (matrix[place] - rows[:number, place] @ rows[:number]) / left[place].sqrt()
        left = left - rows[number].square()
        left[place] = -torch.inf
        chosen.append(place)
    return torch.tensor(chosen, dtype=torch.int64)
