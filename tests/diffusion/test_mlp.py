"""The small denoiser."""

from __future__ import annotations

import torch

from suite.diffusion.mlp import MLP, sinusoids


def test_timesteps_are_embedded_as_in_ddpm() -> None:
    from diffusers.models.embeddings import get_timestep_embedding

    times = torch.tensor([0, 1, 17, 999])
    expected = get_timestep_embedding(times, 32, downscale_freq_shift=0)
    torch.testing.assert_close(sinusoids(times, 32), expected, rtol=1e-4, atol=1e-4)


def test_noise_has_the_shape_of_the_image_and_depends_on_the_timestep() -> None:
    torch.manual_seed(0)
    network = MLP((2, 3, 4), width=16, blocks=2)
    images = torch.randn(5, 2, 3, 4)
    early, late = (network(images, torch.full((5,), time)) for time in (0, 900))
    assert early.shape == images.shape
    assert (early - late).abs().max() > 1e-3
    torch.testing.assert_close(network(images[:2], torch.zeros(2, dtype=torch.int64)), early[:2])
