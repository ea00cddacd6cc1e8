"""Hopfield energies against the plain formulation with torch.logsumexp, in one run.

Run with: pytest tests/perf/test_hopfield_speed.py -n 0 -s
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from suite.tracks.replay.hopfield import energy

ROUNDS = 7


def plain(states: Tensor, patterns: Tensor, beta: float) -> Tensor:
    similarities = beta * (states @ patterns.T)
    return 0.5 * (states * states).sum(dim=1) - torch.logsumexp(similarities, dim=1) / beta


def seconds(call: Callable[[], object], repeats: int) -> float:
    started = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - started) / repeats


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "with gradient"])
@pytest.mark.parametrize(
    ("states", "patterns", "width"),
    [(10, 50, 64), (100, 500, 64), (1000, 1000, 64), (2000, 10_000, 64), (5000, 25_000, 64), (2000, 10_000, 512)],
)
def test_energy(states: int, patterns: int, width: int, backward: bool) -> None:
    torch.manual_seed(0)
    x = torch.randn(states, width, requires_grad=backward)
    memory = torch.randn(patterns, width)

    def run(formula: Callable[[Tensor, Tensor, float], Tensor]) -> Callable[[], object]:
        return lambda: formula(x, memory, 2.0).sum().backward() if backward else formula(x, memory, 2.0)

    ours, theirs = run(energy), run(plain)
    repeats = max(1, 2_000_000 // (states * patterns))
    pairs = [(seconds(ours, repeats), seconds(theirs, repeats)) for _ in range(ROUNDS)]  # in turns: load hits both
    best, other = (min(times) for times in zip(*pairs, strict=True))
    print(
        f"\n{states} x {patterns} x {width}: ours {1e3 * best:.3f} ms, plain {1e3 * other:.3f} ms, {other / best:.2f}x"
    )
    assert torch.allclose(energy(x, memory, 2.0), plain(x, memory, 2.0), atol=1e-3)
