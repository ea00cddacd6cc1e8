"""Scales and shifts move between layer norms and linear layers, and the function stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import timm
import torch
from torch import Tensor, nn

from suite.plugins.quantization._reparameterisation import absorb, norms_with_layers
from suite.tracks.quantization.fake import QuantLayer, insert, quant_layers


def vit(**changes: object) -> nn.Module:
    torch.manual_seed(0)
    shape = {"img_size": 8, "patch_size": 2, "embed_dim": 16, "depth": 2, "num_heads": 2, "num_classes": 3}
    how = {"class_token": False, "global_pool": "avg", "in_chans": 1, **changes}
    return insert(timm.create_model("vit_tiny_patch16_224", **shape, **how).eval())


def swin() -> nn.Module:
    torch.manual_seed(0)
    shape = {"img_size": 8, "patch_size": 1, "embed_dim": 8, "depths": (2, 1), "num_heads": (1, 2), "window_size": 4}
    return insert(timm.create_model("swin_tiny_patch4_window7_224", in_chans=1, num_classes=3, **shape).eval())


def by_name(model: nn.Module, image: Tensor) -> dict[str, list[str]]:
    names = {module: name for name, module in model.named_modules()}
    return {names[norm]: [names[layer] for layer in fed] for norm, fed in norms_with_layers(model, image)}


@pytest.mark.parametrize("frozen", [False, True])
def test_the_norms_of_a_vit_and_the_layers_they_feed(frozen: bool) -> None:
    model = vit().requires_grad_(not frozen)
    assert by_name(model, torch.randn(1, 1, 8, 8)) == {
        "blocks.0.norm1": ["blocks.0.attn.qkv"],
        "blocks.0.norm2": ["blocks.0.mlp.fc1"],
        "blocks.1.norm1": ["blocks.1.attn.qkv"],
        "blocks.1.norm2": ["blocks.1.mlp.fc1"],
        "fc_norm": ["head"],
    }
    assert all(parameter.requires_grad is not frozen for parameter in model.parameters())


def test_the_norms_of_a_swin_before_attention_perceptron_and_merging() -> None:
    found = by_name(swin(), torch.randn(1, 1, 8, 8))
    assert found["layers.1.downsample.norm"] == ["layers.1.downsample.reduction"]
    assert found["layers.0.blocks.1.norm1"] == ["layers.0.blocks.1.attn.qkv"]  # through the shifted windows
    assert len(found) == 2 * 3 + 1


class Shared(nn.Module):
    """One norm feeds two layers; another one a layer and the residual sum."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.query, self.key = nn.LayerNorm(6), nn.Linear(6, 6), nn.Linear(6, 6, bias=False)
        self.post, self.mlp = nn.LayerNorm(6), nn.Linear(6, 6)
        self.plain, self.head = nn.LayerNorm(6, elementwise_affine=False), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        x = self.post(self.query(x) * self.key(x))
        return self.head(self.plain(x + self.mlp(x)))


def test_a_norm_that_feeds_something_else_is_left_out() -> None:
    assert by_name(insert(Shared()), torch.randn(1, 6)) == {"norm": ["query", "key"]}


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("build", [vit, lambda: vit(qkv_bias=False), swin], ids=["vit", "without bias", "swin"])
def test_the_function_stays(build: Callable[[], nn.Module], shifted: bool) -> None:
    model, images = build(), torch.randn(5, 1, 8, 8)
    pairs = norms_with_layers(model, images[:1])
    inputs = [fed[0].weight.clone() for _, fed in pairs]
    for norm, _ in pairs:
        nn.init.normal_(norm.bias)
        nn.init.uniform_(norm.weight, 0.5, 2)
    before = model(images)
    for norm, fed in pairs:
        ratio = torch.rand_like(norm.weight) * 4 + 0.1
        absorb(norm, fed, ratio, torch.randn_like(ratio) if shifted else None)
    torch.testing.assert_close(model(images), before, rtol=1e-4, atol=1e-5)
    assert not any(torch.allclose(old, fed[0].weight) for old, (_, fed) in zip(inputs, pairs, strict=True))


def test_a_norm_and_layers_without_biases_get_them_for_a_shift() -> None:
    norm, layer = nn.LayerNorm(4, bias=False), insert(nn.Sequential(nn.Linear(4, 3, bias=False)))[0]
    x, ratio, shift = torch.randn(7, 4), torch.tensor([1.0, 2, 3, 4]), torch.tensor([0.0, 1, -1, 2])
    before, normed = layer(norm(x)), norm(x)
    absorb(norm, [layer], ratio)
    assert norm.bias is None
    assert layer.bias is None
    absorb(norm, [layer], torch.ones(4), shift)
    torch.testing.assert_close(norm(x), normed / ratio - shift)
    torch.testing.assert_close(layer(norm(x)), before)


@pytest.mark.parametrize(
    ("ratio", "shift", "message"),
    [
        (torch.ones(3), None, r"the ratio has shape \[3\]; the layer norm has \[4\]"),
        (torch.ones(4), torch.ones(()), r"the shift has shape \[\]"),
        (torch.tensor([1.0, 0, 1, 1]), None, "other than zero"),
        (torch.tensor([1.0, torch.inf, 1, 1]), None, "finite"),
    ],
)
def test_what_does_not_fit_changes_nothing(ratio: Tensor, shift: Tensor | None, message: str) -> None:
    model = insert(nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 3)))
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(ValueError, match=message):
        absorb(model[0], [layer for _, layer in quant_layers(model)], ratio, shift)
    assert all(torch.equal(*pair) for pair in zip(before, model.parameters(), strict=True))


def test_what_can_absorb_nothing_is_refused() -> None:
    layer: QuantLayer = insert(nn.Sequential(nn.Linear(4, 3)))[0]
    with pytest.raises(ValueError, match="can absorb none"):
        absorb(nn.LayerNorm(4, elementwise_affine=False), [layer], torch.ones(4))
    with pytest.raises(ValueError, match=r"only linear layers that take \[6\]"):
        absorb(nn.LayerNorm(6), [layer], torch.ones(6))
