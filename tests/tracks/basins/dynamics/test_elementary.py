"""Elementary functions of plain arithmetic, beside the C library's in more digits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.tracks.basins.dynamics.elementary import as_double, cosine_sine, exponential, logarithm

RNG = np.random.default_rng(0)


def units(found: torch.Tensor, expected: np.ndarray) -> float:
    """Return the largest error in units of the last place."""
    exact = expected.astype(np.longdouble)
    return float((np.abs(found.numpy() - exact) / np.spacing(np.abs(exact.astype(float)))).max())


@pytest.mark.parametrize(
    "numbers",
    [
        np.exp(RNG.uniform(-300, 300, 100_000)),
        1 + RNG.normal(0, 1e-3, 100_000),
        RNG.integers(1, 2**32, 100_000) / 2**32,
    ],
    ids=["everywhere", "near one", "as drawn"],
)
def test_logarithm(numbers: np.ndarray) -> None:
    assert units(logarithm(torch.from_numpy(numbers)), np.log(numbers.astype(np.longdouble))) < 1
    assert float(logarithm(torch.ones(1, dtype=torch.float64))) == 0.0


def test_exponential() -> None:
    numbers = np.concatenate([RNG.uniform(-708, 709, 100_000), RNG.uniform(-1, 1, 100_000)])
    assert units(exponential(torch.from_numpy(numbers)), np.exp(numbers.astype(np.longdouble))) < 3
    limits = exponential(torch.tensor([-np.inf, 0.0, np.inf], dtype=torch.float64))
    assert bool(limits.isfinite().all())
    assert float(limits[0]) < 1e-307
    assert float(limits[1]) == 1.0


@pytest.mark.parametrize("largest", [1.0, 100.0, 1e5])
def test_cosine_and_sine(largest: float) -> None:
    angles = RNG.uniform(-largest, largest, 100_000)
    cosine, sine = cosine_sine(torch.from_numpy(angles))
    assert np.abs(cosine.numpy() - np.cos(angles.astype(np.longdouble))).max() < 1e-15
    assert np.abs(sine.numpy() - np.sin(angles.astype(np.longdouble))).max() < 1e-15


def test_integers_become_doubles_exactly() -> None:
    integers = torch.tensor([0, 1, -1, 2**32, -(2**51), 2**51 - 1])
    assert torch.equal(as_double(integers), integers.double())
