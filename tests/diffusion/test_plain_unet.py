"""The convolutional denoiser without a caption: shapes, what it depends on, and that it learns."""

from __future__ import annotations

import pytest
import torch

from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe, denoising_losses

TINY = DenoiserArchitecture("plain-unet", {"channels": 3, "width": 8})


def test_it_is_told_the_time_and_sees_the_image() -> None:
    torch.manual_seed(0)
    network = TINY.build()
    for weight in network.parameters():  # blocks begin as nothing
        torch.nn.init.normal_(weight, std=0.1)
    images, times = torch.randn(4, 3, 12, 8), torch.tensor([1, 1, 500, 999])
    noise = network(images, times)
    assert noise.shape == images.shape
    assert not torch.allclose(noise, network(images, times.flip(0)))
    torch.testing.assert_close(network(images[:1], times[:1]), noise[:1], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_it_learns_to_denoise_one_image() -> None:
    torch.manual_seed(0)
    network, schedule = TINY.build(), Schedule()
    image = torch.sign(torch.randn(1, 3, 8, 8))
    times, noise = torch.randint(1000, (50,)), torch.randn(50, 3, 8, 8)

    def loss() -> float:
        with torch.no_grad():
            return float(denoising_losses(network, schedule, image.expand(50, -1, -1, -1), times, noise).mean())

    before = loss()
    recipe = DenoisingRecipe(updates=40, batch_size=8, learning_rate=8e-3, average=0.9, threads=1)
    recipe.train(network, image, schedule, seed=0, device="cpu", log=print)
    assert loss() < 0.7 * before
