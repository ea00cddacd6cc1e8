"""Captions, the networks that are told them, and their training."""

from __future__ import annotations

import pytest
import torch

from suite.diffusion.captions import ABSENT, CaptionEmbedding
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.guided_training import GuidedRecipe
from suite.diffusion.schedule import Schedule

NETWORKS = {
    "captioned-unet": {"channels": 1, "width": 8, "tokens": 4},
    "captioned-patch-unet": {"channels": 1, "width": 8, "tokens": 4, "patch": 2},
    "captioned-mlp": {"shape": [1, 8, 8], "width": 16, "blocks": 2, "tokens": 4},
}


def test_a_caption_is_the_sum_of_its_tokens() -> None:
    embedding = CaptionEmbedding(5, 3)
    told = embedding(torch.tensor([[0, 2, ABSENT], [4, ABSENT, ABSENT]]))
    assert torch.allclose(told, torch.stack([embedding.vectors.weight[[0, 2]].sum(0), embedding.vectors.weight[4]]))
    assert torch.equal(embedding.unconditional(2), embedding.null.expand(2, -1))


def test_patches_of_one_pixel_change_nothing_and_larger_ones_are_put_back() -> None:
    plain, same = (
        DenoiserArchitecture(name, {**NETWORKS["captioned-unet"], **patch}).build().eval()
        for name, patch in (("captioned-unet", {}), ("captioned-patch-unet", {"patch": 1}))
    )
    same.load_state_dict(plain.state_dict())
    noised, times = torch.randn(3, 1, 12, 8), torch.tensor([0, 5, 9])
    told = plain.captions(torch.tensor([[0], [1], [ABSENT]]))
    assert torch.equal(same(noised, times, told), plain(noised, times, told))
    patches = DenoiserArchitecture("captioned-patch-unet", NETWORKS["captioned-patch-unet"]).build()
    torch.nn.init.zeros_(patches.out.weight)
    with torch.no_grad():
        patches.out.bias.copy_(torch.arange(4))
    found = patches(noised, times, told)
    assert found.shape == noised.shape
    assert torch.equal(found[0, 0, 2:4, 4:6], torch.tensor([[0.0, 1.0], [2.0, 3.0]]))


@pytest.mark.parametrize("name", NETWORKS)
def test_training_lowers_the_loss_and_is_repeatable(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    captions = torch.arange(16)[:, None] % 4
    images = torch.randn(4, 1, 8, 8, generator=generator)[captions[:, 0]]
    schedule, recipe = (
        Schedule(steps=20, last=0.3),
        GuidedRecipe(updates=40, batch_size=16, learning_rate=1e-2, average=0.5),
    )
    weights = []
    for _ in range(2):
        torch.manual_seed(1)
        network = DenoiserArchitecture(name, NETWORKS[name]).build()
        with torch.no_grad():
            before = loss(network, images, captions, schedule)
        recipe.train(network, images, captions, schedule, seed=0, device="cpu", log=print)
        weights.append(network.state_dict())
        with torch.no_grad():
            assert loss(network, images, captions, schedule) < 0.9 * before
        assert not network.training
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def loss(network, images, captions, schedule) -> float:
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(2))
    times = torch.full((len(images),), 15)
    found = network(schedule.noised(images, times, noise), times, network.captions(captions))
    return float((found - noise).square().mean())
