"""The denoiser of mixtures."""

from __future__ import annotations

import torch

from suite.diffusion.denoisers import DenoiserArchitecture


def built(*, shared: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    return DenoiserArchitecture("temporal-mlp", {"size": 2, "width": 16, "shared": shared}).build()


def test_shared_layers_are_one() -> None:
    layer = 2 * (2 * 16 + 16 * 16) + 16 * 17  # both halves, and the projection of the timestep
    sizes = [sum(parameter.numel() for parameter in built(shared=shared).parameters()) for shared in (True, False)]
    assert sizes[1] - sizes[0] == 2 * layer


def test_points_at_their_own_timesteps_are_as_points_one_by_one() -> None:
    network, points = built(shared=False), torch.randn(5, 3, 2)
    together = network(points, torch.arange(3))
    assert together.shape == points.shape
    for time in range(3):
        assert torch.allclose(network(points[:, time], torch.tensor([time])), together[:, time], atol=1e-5)
    assert not torch.allclose(network(points[:, 0], torch.tensor([1])), together[:, 0], atol=1e-3)
