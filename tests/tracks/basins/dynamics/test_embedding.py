"""Embeddings: what is hidden, what is kept, and the same bits however trajectories are batched."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.basins.dynamics.embedding import Embedding, Kind

KINDS: tuple[Kind, ...] = ("linear", "linear+slow", "warp", "signflip")
NUMBERS = torch.arange(300)


def latent(count: int = 300, axes: int = 2) -> torch.Tensor:
    return torch.randn(count, 12, axes, generator=torch.Generator().manual_seed(0)) * 0.5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", [6, 333])
def test_a_trajectory_is_the_same_in_any_batch(kind: Kind, dimension: int) -> None:
    embedding, states = Embedding(kind, dimension), latent()
    every = embedding.observe(states, 1, NUMBERS)
    assert every.shape == (300, 12, dimension)
    for rows in (slice(0, 1), slice(7, 30), slice(100, 300)):
        assert torch.equal(embedding.observe(states[rows], 1, NUMBERS[rows]), every[rows])
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2 if before == 1 else 1)
        assert torch.equal(embedding.observe(states, 1, NUMBERS), every)
    finally:
        torch.set_num_threads(before)
    assert not torch.equal(embedding.observe(states, 2, NUMBERS), every)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axes", [1, 2])
def test_the_signal_can_be_read_back_exactly(kind: Kind, axes: int) -> None:
    """On its own few directions the signal has no noise: the latent state follows from it, whatever the sign."""
    embedding, states = Embedding(kind, 40), latent(axes=axes)
    seen = embedding.observe(states, 0, NUMBERS)
    signal = seen @ embedding._rotation(axes, 0).T
    if kind.startswith("linear"):
        assert torch.allclose(signal, states, atol=1e-5)
    elif kind == "warp":
        v = signal[..., 2] / 0.8
        assert torch.allclose(v, states[..., -1], atol=1e-5)
        assert torch.allclose(signal[..., :2].norm(dim=2), (1.2 + 0.6 * states[..., 0]).abs(), atol=1e-5)
    else:
        cosine, sine = signal[..., :axes], signal[..., axes:]
        angle = (sine.atan2(cosine) + math.pi / 4) % math.pi - math.pi / 4  # up to a sign: within half a turn
        assert torch.allclose(angle / (math.pi / 4) - 1, states.clamp(-1.99, 1.99), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_fills_all_other_directions_alike(kind: Kind) -> None:
    embedding = Embedding(kind, 40)
    seen = embedding.observe(latent(), 0, NUMBERS)
    directions = embedding._rotation(2, 0)
    noise = (seen - seen @ directions.T @ directions).flatten(0, 1)
    sizes = torch.linalg.svdvals(noise).square() / len(noise)
    rest = sizes[: 40 - len(directions)] / embedding.noise**2
    assert float(rest.mean()) == pytest.approx(1.0, abs=0.05)
    assert float(sizes[40 - len(directions) :].max()) < 1e-6


def test_slow_noise_has_its_correlation_time_and_is_stationary() -> None:
    seen = Embedding("linear+slow", 60).observe(torch.zeros(300, 24, 1), 0, NUMBERS)
    kept = float((seen[:, 1:] * seen[:, :-1]).mean() / seen.square().mean())
    assert kept == pytest.approx(math.exp(-1 / (0.1 * 24)), abs=0.01)
    assert float(seen[:, 0].var()) == pytest.approx(float(seen[:, -1].var()), rel=0.05)


@given(separation=st.floats(0.1, 1.0))
def test_signflip_leaves_no_mean_and_separates_as_it_is_told(separation: float) -> None:
    wells = torch.tensor([-1.0, 1.0])[:, None, None].expand(2, 4000, 1)
    embedding = Embedding("signflip", 4, separation)
    seen = embedding.observe(wells, 0, torch.arange(2))
    signal = seen @ embedding._rotation(1, 0).T
    assert float(signal.mean(dim=1).abs().max()) < 2.2 * 5 / 4000**0.5
    first, second = (each[0] * each[0, 0].sign() for each in signal)
    angle = math.acos(min(1.0, float((first @ second).abs() / first.norm() / second.norm())))
    assert angle == pytest.approx(math.pi / 2 * separation, abs=1e-3)


def test_too_few_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"signflip turns 2 coordinates into 4\. There is room for 3"):
        Embedding("signflip", 3).observe(latent(), 0, NUMBERS)
