"""The losses against the formulas and each other, and what a view is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.tracks.temperature.encoder.contrast import contrast, viewed


def points(seed: int, count: int = 6) -> torch.Tensor:
    drawn = torch.randn(2 * count, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(drawn, dim=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), beta=st.floats(0.1, 50))
def test_losses_are_what_their_formulas_say(seed: int, beta: float) -> None:
    z = points(seed).numpy()
    terms = np.exp(beta * z @ z.T)
    nce, loob = [], []
    for i in range(12):
        positive = (i + 6) % 12
        others = [terms[i, k] for k in range(12) if k not in (i, positive)]
        nce.append(-np.log(terms[i, positive] / (terms[i, positive] + sum(others))))
        loob.append(-np.log(terms[i, positive] / sum(others)))
    assert float(contrast(points(seed), beta, "infonce")) == pytest.approx(np.mean(nce), rel=1e-9)
    assert float(contrast(points(seed), beta, "infoloob")) == pytest.approx(np.mean(loob), rel=1e-9, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), beta=st.floats(0.1, 50))
def test_without_the_positive_the_loss_has_no_floor(seed: int, beta: float) -> None:
    without, with_it = (contrast(points(seed), beta, objective) for objective in ("infoloob", "infonce"))
    assert without <= with_it  # equal in the last bits where beta is large, and every positive far
    assert without < with_it or beta > 1
    two = torch.tensor([[1.0, 0], [-1, 0], [1, 0], [-1, 0]], dtype=torch.float64)  # two images, each of two equal views
    assert float(contrast(two, beta, "infonce")) >= 0
    assert float(contrast(two, beta, "infoloob")) == pytest.approx(np.log(2) - 2 * beta)


def test_infonce_agrees_with_cross_entropy() -> None:
    z = points(0)
    logits = (7 * z @ z.T).fill_diagonal_(-torch.inf)
    targets = torch.arange(12).roll(6)
    assert float(contrast(z, 7.0, "infonce")) == pytest.approx(
        float(torch.nn.functional.cross_entropy(logits, targets))
    )


def test_views_are_of_their_image_and_no_two_alike() -> None:
    images = torch.zeros(200, 1, 8, 8)
    images[:100, 0, 3:5, 3:5] = 1
    one, other = (viewed(images, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    assert one.shape == images.shape
    assert not torch.equal(one, other)
    assert torch.equal(one, viewed(images, torch.Generator().manual_seed(0)))
    assert one[100:].std() == pytest.approx(0.15, rel=0.05)  # of nothing, noise alone
    assert one[:100].sum(dim=(1, 2, 3)).mean() == pytest.approx(4, rel=0.1)  # the square is still there
    weights = one[:100].clamp(min=0.4).sub(0.4).flatten(1)
    middle = (weights @ torch.arange(64).remainder(8).float()) / weights.sum(dim=1)
    assert 0.3 < middle.std() < 1.2  # shifted by up to 1.2 pixels
