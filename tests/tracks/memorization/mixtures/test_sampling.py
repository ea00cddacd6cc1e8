"""Sampling with denoisers that are known exactly."""

from __future__ import annotations

import pytest
import torch

from suite.diffusion.schedule import Schedule
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.sampling import cut_schedule, sampled

THREE = Mixture(modes=((1.0,), (2.0,), (3.0,)), deviation=0.05, points=300)


class Exact(torch.nn.Module):
    """The noise that is expected in a point of the mixture at a timestep."""

    def forward(self, noised: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        kept = cut_schedule().kept[times.long()].float()[:, None]
        variance = kept * THREE.deviation**2 + 1 - kept
        away = noised - kept.sqrt() * THREE.places[:, 0]
        weights = torch.softmax(-away.square() / (2 * variance), dim=1)
        return (1 - kept).sqrt() * (weights * away / variance).sum(dim=1, keepdim=True)


def test_the_schedule_is_the_beginning_of_the_authors() -> None:
    whole, cut = Schedule(steps=1000, first=0.001, last=0.2).kept, cut_schedule().kept
    assert torch.allclose(whole[:300], cut, rtol=1e-12)
    assert cut[-1] < 2e-4


def test_an_exact_denoiser_samples_its_mixture() -> None:
    generator = torch.Generator().manual_seed(0)
    path = sampled(Exact(), torch.randn(600, 1, generator=generator), cut_schedule(), generator, last=12)
    modes, distances = THREE.nearest(path.final)
    assert path.final.shape == (600, 1)
    assert path.norms.shape == (300, 600)
    assert path.norms.isnan().all()
    assert path.clean is not None
    assert path.clean.shape == (12, 600, 1)
    assert torch.equal(path.clean[-1], path.final)  # no noise is added to the last prediction
    assert not THREE.outside(path.final).any()
    assert min(modes.bincount(minlength=3).tolist()) > 150
    assert distances.square().mean().sqrt().item() == pytest.approx(1, abs=0.25)


def test_nothing_is_kept_unless_it_is_asked_for() -> None:
    path = sampled(Exact(), torch.zeros(2, 1), cut_schedule(), torch.Generator().manual_seed(0))
    assert path.clean is None
