"""The minority score: by hand, by the model where it denoises, and what it prefers."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.plugins.replay._minority import ideal, minority_scores
from suite.plugins.replay.minority_score import MinorityScore


def test_the_ideal_denoiser_by_hand() -> None:
    """Of two points each is denoised to the other, whatever the noise."""
    points = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    assert torch.allclose(ideal(points, 0.5, 3, torch.Generator()), torch.full((2,), 25.0, dtype=torch.float64))


def test_an_isolated_sample_scores_highest_and_a_cluster_low(context: Any, learner: Any, labelled: Any) -> None:
    points = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    points[7] += 30
    learner.looks["features"] = lambda samples: points
    assert MinorityScore().select(labelled([0] * 40), 1, context()).tolist() == [7]


def test_a_denoiser_is_asked_for_its_own_errors(context: Any, learner: Any, labelled: Any) -> None:
    asked = []

    def errors(samples: Any, noise: float, draws: int, generator: torch.Generator) -> torch.Tensor:
        asked.append((noise, draws))
        return torch.arange(len(samples))

    learner.denoising_errors = errors
    assert MinorityScore(noise=0.2, draws=3).select(labelled([0] * 9), 2, context()).tolist() == [8, 7]
    assert asked == [(0.2, 3)]
    assert learner.forward_passes == 0
    assert minority_scores(labelled([0, 0]), context(), 0.5, 1).dtype == torch.float64


def test_features_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        ideal(torch.tensor([[0.0], [torch.inf]]), 0.5, 1, torch.Generator())
