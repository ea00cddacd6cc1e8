"""Sixteen two-dimensional features, each of which alone tells the class: on which side of two V-shaped curves.

Source: the synthetic example of Sadrtdinov and others 2024, "Where Do Large Learning Rates Lead Us?".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

FEATURES = 16
MARGIN = 0.1 * 2**0.5
NEITHER = -1
RATES = tuple(10.0**power for power in (*np.arange(-18, -9) / 4, *np.arange(-18, -10) / 8, *np.arange(-5, 1) / 4))
"""The authors' grid: denser where the regimes meet."""

Numbers = NDArray[np.float64]


def classes(points: Numbers) -> NDArray[np.int64]:
    """Return the class of each point [..., 2]: 0 between the curves, 1 outside, -1 in a margin or out of the square."""
    x, y = points[..., 0], points[..., 1]
    inside = (np.abs(points) <= 2).all(axis=-1)
    between = (np.abs(x) - 2 + MARGIN <= y) & (y <= np.abs(x) - MARGIN)
    outside = (y >= np.abs(x) + MARGIN) | (y <= np.abs(x) - 2 - MARGIN)
    return np.where(inside & between, 0, np.where(inside & outside, 1, NEITHER))


def informative(labels: NDArray[np.int64], rng: np.random.Generator) -> Numbers:
    """Return a point of each label [N], uniform in its class's part of the square [N, 2]."""
    points = np.empty((len(labels), 2))
    left = np.arange(len(labels))
    while len(left):
        points[left] = rng.uniform(-2, 2, (len(left), 2))
        left = left[classes(points[left]) != labels[left]]
    return points


def uninformative(count: int, rng: np.random.Generator) -> Numbers:
    """Return points on the two curves [N, 2], which tell nothing."""
    x = rng.uniform(-2, 2, count)
    return np.stack((x, np.abs(x) - 2 * rng.integers(2, size=count)), axis=1)


def samples(count: int, rng: np.random.Generator, only: int | None = None) -> tuple[Tensor, Tensor]:
    """Return inputs [N, 32] float32 and labels [N], with all features informative, or ``only`` one of them."""
    labels = rng.integers(2, size=count)
    parts = [
        informative(labels, rng) if only is None or feature == only else uninformative(count, rng)
        for feature in range(FEATURES)
    ]
    return torch.from_numpy(np.concatenate(parts, axis=1).astype(np.float32)), torch.from_numpy(labels)
