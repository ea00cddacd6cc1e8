"""Origins: which module made the input of a layer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake import Uniform, activation_sites, input_origins, insert, weight_sites

Network = Callable[[str], nn.Module]


def names(model: nn.Module, found: dict[str, nn.Module]) -> dict[str, str]:
    return {layer: name for layer, maker in found.items() for name, module in model.named_modules() if module is maker}


@pytest.mark.parametrize("name", ["vit", "pooled", "qk-norm", "distilled", "dinov3"])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_vits_norms_and_activations_are_found(name: str, frozen: bool, network: Network, images: Tensor) -> None:
    model = insert(network(name)).requires_grad_(not frozen)
    found = names(model, input_origins(model, images[:1]))
    for block in ("blocks.0", "blocks.1"):
        assert found.pop(f"{block}.attn.qkv") == f"{block}.norm1"
        assert found.pop(f"{block}.mlp.fc1") == f"{block}.norm2"
        assert found.pop(f"{block}.mlp.fc2") == f"{block}.mlp.act"
    assert set(found) <= {"head", "head_dist"}, "all others are sums, products or the image"
    assert isinstance(model.blocks[0].mlp.act, nn.GELU)


def test_a_swins_norms_are_found_through_windows_shifts_and_merging(network: Network, images: Tensor) -> None:
    model = insert(network("swin"))
    found = names(model, input_origins(model, images[:1]))
    for stage in (0, 1):
        for number in (0, 1):
            block = f"layers.{stage}.blocks.{number}"
            assert found.pop(f"{block}.attn.qkv") == f"{block}.norm1"
            assert found.pop(f"{block}.mlp.fc1") == f"{block}.norm2"
            assert found.pop(f"{block}.mlp.fc2") == f"{block}.mlp.act"
    assert found.pop("layers.1.downsample.reduction") == "layers.1.downsample.norm"
    assert found == {"head.fc": "head.global_pool.pool"}
    assert type(model.layers[0].blocks[0].norm1) is nn.LayerNorm


def test_quantizers_hide_nothing_and_nothing_is_left_behind(network: Network, images: Tensor) -> None:
    model = insert(network("swin"))
    expected = names(model, input_origins(model, images[:1]))
    for site in [*activation_sites(model), *weight_sites(model)]:
        site.put(Uniform.symmetric(8, torch.tensor(4.0)))
    assert names(model, input_origins(model, images[:1])) == expected
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not images.requires_grad
    assert all(parameter.grad is None for parameter in model.parameters())


class Torn(nn.Module):
    """One norm for a layer, a sum of two norms for another."""

    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(4), nn.LayerNorm(4)])
        self.of_one, self.of_sum = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        first, second = (norm(x) for norm in self.norms)
        y: Tensor = self.of_one(first.flip(0).flip(0).reshape(-1, 4)) + self.of_sum(first + second)
        return y


def test_sums_have_no_single_origin() -> None:
    model = insert(Torn())
    assert "of_sum" not in input_origins(model, torch.randn(3, 4))
