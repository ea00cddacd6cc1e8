"""Layers come in the order in which they run, and each sees what became of those before it."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from suite.plugins.quantization._layerwise import in_order, repaired
from suite.tracks.quantization.fake import insert


class Crossed(nn.Module):
    """Runs its layers in another order than it names them, one of them twice and one never."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.unused, self.first = nn.Linear(4, 2), nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.first(self.first(x)))


def test_layers_come_as_they_run() -> None:
    model = insert(Crossed())
    assert [name for name, _ in in_order(model, torch.randn(1, 4))] == ["first", "last"]
    assert not any(layer._forward_pre_hooks for _, layer in in_order(model, torch.randn(1, 4)))


def test_a_vit_starts_with_its_patches_and_ends_with_its_head(digits_vit: Any) -> None:
    names = [name for name, _ in in_order(insert(digits_vit.copy()), digits_vit.images[:1])]
    block = ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2")
    assert names == ["patch_embed.proj", *(f"blocks.{i}.{layer}" for i in range(3) for layer in block), "head"]


def test_later_layers_see_what_was_done_to_earlier_ones() -> None:
    model = insert(nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 2, bias=False)))
    float_model, x = copy.deepcopy(model), torch.randn(10, 4)
    seen = []
    for layer, inputs, outputs in repaired(model, float_model, x):
        seen.append((inputs, outputs))
        layer.weight.data.mul_(3)
    torch.testing.assert_close(seen[1][0], 3 * float_model[0](x))
    torch.testing.assert_close(seen[1][1], float_model(x))
