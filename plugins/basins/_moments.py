"""Directions along which moments of representatives' states differ, found through pairs of trajectories.

The moment of order p of a representative is the tensor ``T = E[x (x) ... (x) x]``. Squared along all but one of its
sides it is ``E[x x'^T (x . x')^(p - 1)]`` over two independent states: no tensor is formed, and pairs of states of one
trajectory, which are not independent, are left out, so that noise has no mean. A first estimate in all dimensions is
refined: products are taken in the few directions found, where there is less noise, and representatives with like
moments are weighed together. That is orthogonal iteration for a Tucker decomposition (De Lathauwer et al. 2000).
"""

from __future__ import annotations

import torch
from torch import Tensor

ROUNDS = 4
WIDER = 2
"""How many times as many directions are kept at first: what is weak must not be lost at once."""


def moment_directions(states: Tensor, order: int, count: int) -> tuple[Tensor, float]:
    """Return ``count`` directions [D, count] of whitened states [K, M, L, D], and the strength of the first.

    Strengths are to be compared with those of `shuffled` states: there, all that is found is noise. ``order`` is at
    least 2; there must be two trajectories or more of each representative.
    """
    _, trajectories, length, dimension = states.shape
    flat = states.flatten(1, 2)
    number = torch.arange(trajectories, device=states.device).repeat_interleave(length)
    apart = (number[:, None] != number).to(states.dtype)
    scatter = torch.stack([_own(rows, rows, apart, order) for rows in flat]).sum(dim=0)
    for round_ in range(ROUNDS):
        kept = count if round_ else WIDER * count
        values, vectors = torch.linalg.eigh(scatter + scatter.T)
        scatter = _pooled(flat, vectors[:, -min(kept, dimension) :], apart, order)
    values, vectors = torch.linalg.eigh(scatter + scatter.T)
    return vectors[:, -min(count, dimension) :], float(values[-1] - values.median())


def shuffled(states: Tensor, generator: torch.Generator) -> Tensor:
    """Return the states [K, M, L, D] with the trajectories of each number dealt to the representatives anew."""
    order = torch.stack([torch.randperm(len(states), generator=generator) for _ in range(states.shape[1])], dim=1)
    return states[order.to(states.device), torch.arange(states.shape[1], device=states.device)]


def _own(rows: Tensor, seen: Tensor, apart: Tensor, order: int) -> Tensor:
    """Return the square [D, D] of one representative's moment, of states [n, D] seen in few directions [n, q]."""
    return rows.T @ ((seen @ seen.T) ** (order - 1) * apart) @ rows / apart.sum()


def _pooled(flat: Tensor, directions: Tensor, apart: Tensor, order: int) -> Tensor:
    """Return the square [D, D] of differences of moments, each representative's weighed with all that are like it."""
    seen = flat @ directions
    powers = seen
    for _ in range(order - 2):
        powers = (powers[..., :, None] * seen[..., None, :]).flatten(-2)
    moments = flat.mT @ powers / flat.shape[1]  # [K, D, q^(p - 1)]
    within = (directions.T @ moments).flatten(1)
    likeness = within @ within.T
    likeness.diagonal().copy_(((seen @ seen.mT) ** order * apart).sum(dim=(1, 2)) / apart.sum())
    likeness = likeness - likeness.mean(dim=0)
    likeness = likeness - likeness.mean(dim=1, keepdim=True)
    values, vectors = torch.linalg.eigh(likeness)
    weights = (vectors * values.clamp(min=0)) @ vectors.T
    weights = weights / weights.norm().clamp(min=torch.finfo(weights.dtype).tiny)
    own, others = weights.diagonal(), weights - weights.diagonal().diag()
    square = torch.einsum("kdr,ker->de", torch.einsum("kl,ldr->kdr", others, moments), moments)
    for weight, rows, few in zip(own, flat, seen, strict=True):
        square = square + weight * _own(rows, few, apart, order)
    return square
