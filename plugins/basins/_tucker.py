"""Directions of differing moments as `_moments` finds them, refined in few dimensions alone.

Both look for the leading directions of the same squares of moments. There the square [D, D] is formed and decomposed in
every round; here only the first is, and later rounds take its product with the directions that there are: orthogonal
iteration as it is written (De Lathauwer et al. 2000), with Rayleigh and Ritz's choice among the directions.
"""

from __future__ import annotations

import torch
from torch import Tensor

ROUNDS = 4
WIDER = 2
"""How many times as many directions are kept at first: what is weak must not be lost at once."""


def moment_directions(states: Tensor, order: int, count: int) -> Tensor:
    """Return ``count`` directions [D, count] of whitened states [K, M, L, D] along which moments of an order differ.

    ``order`` is at least 2; there must be two trajectories or more of each representative.
    """
    _, trajectories, length, dimension = states.shape
    count = min(count, dimension)
    flat = states.flatten(1, 2)
    number = torch.arange(trajectories, device=states.device).repeat_interleave(length)
    apart = (number[:, None] != number).to(states.dtype)
    square = states.new_zeros(dimension, dimension)
    for rows in flat:
        square += rows.T @ ((rows @ rows.T) ** (order - 1) * apart) @ rows
    directions: Tensor = torch.linalg.eigh(square + square.T)[1][:, -WIDER * count :]
    for round_ in range(ROUNDS):
        product = _pooled(flat, directions, apart, order)
        inside = directions.T @ product
        turn = torch.linalg.eigh(inside + inside.T)[1]
        directions = torch.linalg.qr(product @ turn[:, -(count if round_ else WIDER * count) :])[0]
    return directions


def agreement(states: Tensor, others: Tensor, order: int) -> float:
    """Return how alike the differences of moments are in states [K, M, L, q] and in others: their correlation.

    In others than those that directions were found by, noise along them has none: it is zero in the mean.
    """
    one, other = (_moments(each.flatten(1, 2), order) for each in (states, others))
    one, other = (each - each.mean(dim=0) for each in (one, other))
    tiny = torch.finfo(one.dtype).tiny
    return float((one * other).sum() / (one.norm() * other.norm()).clamp(min=tiny))


def _moments(seen: Tensor, order: int) -> Tensor:
    """Return the moments [K, q^p] of states [K, n, q]."""
    return torch.matmul(seen.mT, _powers(seen, order - 1)).flatten(1) / seen.shape[1]


def _powers(seen: Tensor, order: int) -> Tensor:
    """Return all products of so many coordinates [K, n, q^order]."""
    powers = seen
    for _ in range(order - 1):
        powers = (powers[..., :, None] * seen[..., None, :]).flatten(-2)
    return powers


def _pooled(flat: Tensor, directions: Tensor, apart: Tensor, order: int) -> Tensor:
    """Return the square of differences of moments times the directions [D, q].

    Each representative's moment is weighed with all that are like it, and not with pairs of one trajectory's states.
    """
    seen = flat @ directions
    moments = flat.mT @ _powers(seen, order - 1) / flat.shape[1]  # [K, D, q^(p - 1)]
    within = directions.T @ moments
    likeness = within.flatten(1) @ within.flatten(1).T
    products = seen @ seen.mT
    likeness.diagonal().copy_((products**order * apart).sum(dim=(1, 2)) / apart.sum())
    likeness = likeness - likeness.mean(dim=0)
    likeness = likeness - likeness.mean(dim=1, keepdim=True)
    values, vectors = torch.linalg.eigh(likeness)
    weights = (vectors * values.clamp(min=0)) @ vectors.T
    weights = weights / weights.norm().clamp(min=torch.finfo(weights.dtype).tiny)
    own, others = weights.diagonal(), weights - weights.diagonal().diag()
    between = torch.einsum("kdr,kqr->dq", torch.einsum("kl,ldr->kdr", others, moments), within)
    pairs = (products ** (order - 1) * apart) @ seen
    return torch.add(between, torch.einsum("k,knd,knq->dq", own, flat, pairs) / apart.sum())
