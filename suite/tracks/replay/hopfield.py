"""The modern Hopfield network: energy, update, forgetting and replay gain of patterns in a memory.

Energy and update follow Ramsauer et al., "Hopfield Networks is All You Need" (ICLR 2021), without the constants
``(1/beta) log N + max|x_i|^2 / 2``, so that memories of different size can be compared, and with masses, so that a
pattern may count more than once::

    E(x | X, m) = |x|^2 / 2 - (1/beta) log sum_i m_i exp(beta x.x_i)
    p_i(x)      = softmax_i(beta x.x_i + log m_i)
    x          <- sum_i p_i(x) x_i                       # E never rises

Forgetting and replay gain are a reconstruction after Takeda, Oizumi and Karakida (arXiv 2605.27975): the authors'
formula was not available.

States x are [B, d] and patterns X are [N, d], of one floating type; masses are given as their logarithms [N].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

BLOCK = 2**18
"""Similarities in memory at a time: with these, a block of float32 stays in a core's cache."""
LEAST_ROWS = 64
"""States at a time at least, and half the width: products of fewer rows are slow."""
OWN_WEIGHT = 0.5
"""The mean largest weight at which `matched_beta` stops: patterns neither merge into one nor stand all alone."""
MATCHED = 1000
"""Patterns that `matched_beta` looks from, evenly spaced among all."""


def energy(
    states: Tensor, patterns: Tensor, beta: float, log_masses: Tensor | None = None, exclude: Tensor | None = None
) -> Tensor:
    """Return the energy E(x | X, m) of each state [B]; differentiable in states, patterns and log masses.

    Args:
        states: [B, d].
        patterns: [N, d].
        beta: inverse temperature, above 0.
        log_masses: [N], zeros if None.
        exclude: for each state the pattern that is left out of its memory [B], int64; -1 leaves out none.

    Raises:
        ValueError: beta is not above 0, or a memory is empty.
    """
    _check(patterns, beta, exclude)
    blocks = [block.logsumexp(dim=1) for block in _similarities(states, patterns, beta, log_masses, exclude)]
    squares = torch.linalg.vecdot(states, states)
    return torch.add(_joined(blocks, squares) / -beta, squares, alpha=0.5)


def weights(
    states: Tensor, patterns: Tensor, beta: float, log_masses: Tensor | None = None, exclude: Tensor | None = None
) -> Tensor:
    """Return p(x), the softmax weight of each pattern for each state [B, N]; arguments and errors are `energy`'s."""
    _check(patterns, beta, exclude)
    blocks = [block.softmax(dim=1) for block in _similarities(states, patterns, beta, log_masses, exclude)]
    return _joined(blocks, states.new_empty(0, len(patterns)))


def update(states: Tensor, patterns: Tensor, beta: float, log_masses: Tensor | None = None) -> Tensor:
    """Return the states [B, d] after one update, which never raises their energy."""
    return weights(states, patterns, beta, log_masses) @ patterns


def fixed_points(states: Tensor, patterns: Tensor, beta: float, updates: int = 2000, tolerance: float = 0.0) -> Tensor:
    """Return where ``updates`` updates lead from each state [B, d], or fewer if none moves further than ``tolerance``.

    Raises:
        ValueError: as `energy`.
    """
    for _ in range(updates):
        moved = update(states, patterns, beta)
        step = float((moved - states).norm(dim=1).max()) if len(states) else 0.0
        states = moved
        if step <= tolerance:
            break
    return states


def forgetting(points: Tensor, before: Tensor, after: Tensor, beta: float) -> Tensor:
    """Return dE [B]: how far the energy of each point [B, d] rises when the memory ``before`` becomes ``after``."""
    return energy(points, after, beta) - energy(points, before, beta)


def replay_gain(rise: Tensor, weight: Tensor, beta: float) -> Tensor:
    """Return how much less a point's energy rises if a pattern is replayed, exactly: (1/beta) log(1 + p exp(beta dE)).

    Args:
        rise: dE of the points, any shape.
        weight: p, the replayed pattern's weight at the points in the memory before the change, of the same shape.
        beta: inverse temperature, above 0.
    """
    return torch.nn.functional.softplus(weight.log() + beta * rise) / beta


def net_replay_gain(rise: Tensor, weight: Tensor, beta: float) -> Tensor:
    """Return `replay_gain` less what a duplicate of the pattern gains with no change of the memory at all."""
    return replay_gain(rise, weight, beta) - torch.log1p(weight) / beta


def kernel_energy(states: Tensor, patterns: Tensor, beta: float, exclude: Tensor | None = None) -> Tensor:
    """Return -(1/beta) log mean_i exp(-beta |x - x_i|^2 / 2) [B]: the energy with equal footing for unequal norms.

    It is ``-sigma^2 log p_sigma(x)`` up to a constant, for the patterns blurred by Gaussian noise of variance
    ``sigma^2 = 1/beta``, and `energy` up to a constant if all patterns have the same norm.

    Args:
        states: [B, d].
        patterns: [N, d].
        beta: inverse temperature, above 0.
        exclude: as in `energy`; of every state, or of none.
    """
    count = len(patterns) - (exclude is not None)
    masses = -beta * patterns.square().sum(dim=1) / 2
    return energy(states, patterns, beta, masses, exclude) + math.log(max(count, 1)) / beta


def matched_beta(patterns: Tensor, share: float = OWN_WEIGHT) -> float:
    """Return the beta at which the mean over patterns of the largest weight among the others is ``share``.

    Weights are those of `kernel_energy`, each pattern left out of its own memory. Where there is no such beta (two
    patterns, or duplicates everywhere), the nearest end of 2^-20 .. 2^20 times one over the mean squared distance.

    Raises:
        ValueError: there are fewer than two patterns.
    """
    if len(patterns) < 2:
        raise ValueError(f"cannot match beta on {len(patterns)} patterns. It needs two or more")
    some = torch.linspace(0, len(patterns) - 1, min(len(patterns), MATCHED)).round().long().to(patterns.device)
    patterns = patterns.double()
    squares = patterns.square().sum(dim=1)
    distances = squares[some, None] + squares - 2 * patterns[some] @ patterns.T
    distances[torch.arange(len(some)), some] = math.inf
    scale = float(distances[distances.isfinite()].mean().clamp(min=1e-12))

    def largest(exponent: float) -> float:
        return float((distances * (-(2**exponent) / scale / 2)).softmax(dim=1).amax(dim=1).mean())

    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if largest(middle) < share else (low, middle)
    return float(2 ** ((low + high) / 2) / scale)


def energies(vectors: Tensor, beta: float | None = None, normalise: bool = False) -> Tensor:
    """Return the `kernel_energy` of each vector [N, d] in the memory of all others [N], float64.

    In Ramsauer's energy, of which it is the same up to a constant where all norms are equal, a long vector would have a
    high energy of its own and draw all others.

    Args:
        vectors: [N, d], N at least 2.
        beta: inverse temperature, above 0; None: `matched_beta`, at which the largest weight is 0.5 on average.
        normalise: whether vectors are centred and scaled to unit length.

    Raises:
        ValueError: there are fewer than two, or beta is not above 0.
    """
    patterns = vectors.detach().double()
    if normalise:
        patterns = torch.nn.functional.normalize(patterns - patterns.mean(dim=0))
    own = torch.arange(len(patterns), device=patterns.device)
    return kernel_energy(patterns, patterns, matched_beta(patterns) if beta is None else beta, exclude=own)


def _check(patterns: Tensor, beta: float, exclude: Tensor | None) -> None:
    if not beta > 0:
        raise ValueError(f"beta must be above 0. Got {beta}")
    if len(patterns) <= (exclude is not None):
        raise ValueError(f"a memory of {len(patterns)} patterns{' less one' if exclude is not None else ''} is empty")


def _joined(blocks: list[Tensor], nothing: Tensor) -> Tensor:
    if len(blocks) == 1:
        return blocks[0]
    return torch.cat(blocks) if blocks else nothing


def _similarities(
    states: Tensor, patterns: Tensor, beta: float, log_masses: Tensor | None, exclude: Tensor | None
) -> Iterator[Tensor]:
    """Yield beta x.x_i + log m_i for some states at a time [b, N]."""
    rows = max(LEAST_ROWS, states.shape[1] // 2, BLOCK // max(1, len(patterns)))
    for start in range(0, len(states), rows):
        part = states[start : start + rows] if len(states) > rows else states
        if log_masses is None:
            block = part * beta @ patterns.T
        else:
            block = torch.addmm(log_masses, part, patterns.T, alpha=beta)
        if exclude is not None:
            left_out = exclude[start : start + rows]
            some = left_out >= 0
            places = (some.nonzero()[:, 0], left_out[some])
            block = block.index_put(places, block.new_full((), -math.inf))
        yield block
