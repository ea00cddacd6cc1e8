"""Observation against what is computed by hand from a block's parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from suite.tracks.quantization.fake import (
    Observation,
    Uniform,
    activation_sites,
    insert,
    layer_inputs,
    observe,
    quant_layers,
)
from suite.tracks.quantization.fake import observation as observation_module

Network = Callable[[str], nn.Module]


@torch.no_grad()
def by_hand(model: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """Return what passes in the first block of a ViT, from its parts."""
    block, attention = model.blocks[0], model.blocks[0].attn
    tokens = model.norm_pre(model.patch_drop(model._pos_embed(model.patch_embed(images))))
    normed = block.norm1(tokens)
    query, key, value = attention.qkv(normed).reshape(len(images), -1, 3, 3, 8).permute(2, 0, 3, 1, 4)
    weights = (query * 8**-0.5 @ key.transpose(-2, -1)).softmax(-1)
    return {
        "patch_embed.proj.input": images,
        "blocks.0.attn.qkv.input": normed,
        "blocks.0.attn.query": query * 8**-0.5,
        "blocks.0.attn.key": key.transpose(-2, -1),
        "blocks.0.attn.attention": weights,
        "blocks.0.attn.value": value,
        "blocks.0.attn.proj.input": (weights @ value).transpose(1, 2).flatten(2),
    }


EXTREMES = {  # over which dimensions, and of what shape
    "patch_embed.proj.input": ((0, 2, 3), (3, 1, 1)),
    "blocks.0.attn.qkv.input": ((0, 1), (24,)),
    "blocks.0.attn.query": ((0, 2), (3, 1, 8)),
    "blocks.0.attn.key": ((0, 3), (3, 8, 1)),
    "blocks.0.attn.attention": ((0, 2), (3, 1, 17)),
    "blocks.0.attn.value": ((0, 2), (3, 1, 8)),
    "blocks.0.attn.proj.input": ((0, 1), (24,)),
}


@pytest.mark.parametrize("batch", [1, 2, 64])
def test_extremes_are_those_of_each_channel_and_head(network: Network, images: Tensor, batch: int) -> None:
    model = insert(network("vit"))
    expected = by_hand(model, images)
    found = observe(model, activation_sites(model), images, batch)
    for name, (over, shape) in EXTREMES.items():
        assert found[name].low.shape == found[name].high.shape == shape
        torch.testing.assert_close(found[name].low, expected[name].amin(over).reshape(shape))
        torch.testing.assert_close(found[name].high, expected[name].amax(over).reshape(shape))
        assert (found[name].low <= expected[name] + 1e-5).all(), "they broadcast against the activation"
        if expected[name].ndim == 4 and name.startswith("blocks"):
            low, high = found[name].low.amin((-2, -1)), found[name].high.amax((-2, -1))  # of each head
            torch.testing.assert_close(low, expected[name].amin((0, 2, 3)))
            torch.testing.assert_close(high, expected[name].amax((0, 2, 3)))


@pytest.mark.parametrize("name", ["swin", "eva"])
def test_extremes_of_layer_inputs_are_those_of_what_enters(name: str, network: Network, images: Tensor) -> None:
    model = insert(network(name))
    found = observe(model, activation_sites(model), images, 2)
    for layer_name, layer in quant_layers(model):
        if isinstance(layer, nn.Linear):
            entered = layer_inputs(model, layer, images).flatten(0, -2)
            torch.testing.assert_close(found[f"{layer_name}.input"].low, entered.amin(0))
            torch.testing.assert_close(found[f"{layer_name}.input"].high, entered.amax(0))


@given(width=st.integers(1, 200), rows=st.integers(1, 60), images=st.integers(1, 3), budget=st.integers(1, 5000))
def test_a_sample_keeps_to_its_budget_and_leaves_no_channel_out(
    width: int, rows: int, images: int, budget: int
) -> None:
    observation = Observation("linear-input")
    x = torch.arange(width, dtype=torch.float32).expand(images, rows, width)
    observation.add(x, budget)
    assert len(observation.sample) <= budget
    assert len(observation.sample.unique()) == min(width, len(observation.sample))
    assert len(observation.sample) >= min(budget, x.numel()) / 8, "no less than a prime or two asks for"


def test_a_sample_of_a_convolutions_input_has_every_channel() -> None:
    observation = Observation("conv-input")
    observation.add(torch.arange(3.0)[:, None, None].expand(4, 3, 16, 16), 100)
    assert observation.sample.unique().tolist() == [0, 1, 2]


def test_small_activations_are_kept_whole(network: Network, images: Tensor) -> None:
    model = insert(network("vit"))
    name = "blocks.0.attn.value"
    sample = observe(model, activation_sites(model), images, 2)[name].sample
    torch.testing.assert_close(sample, torch.cat([part.flatten() for part in by_hand(model, images)[name].split(2)]))


def test_large_activations_are_kept_in_part(network: Network, images: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observation_module, "VALUES", 300)
    model = insert(network("vit"))
    for observed in observe(model, activation_sites(model), images, 2).values():
        assert len(observed.sample) <= 300


def test_quantizers_are_put_back_even_if_the_model_fails(network: Network, images: Tensor) -> None:
    model = insert(network("vit"))
    sites = activation_sites(model)
    for site in sites:
        site.put(Uniform.symmetric(2, torch.tensor(1e-3)))
    before = [site.quantizer for site in sites]
    found = observe(model, sites, images)
    assert [site.quantizer for site in sites] == before
    plain = insert(network("vit"))
    expected = observe(plain, activation_sites(plain), images)
    assert all(torch.equal(found[name].low, seen.low) for name, seen in expected.items()), "they are left out meanwhile"

    handle = model.norm.register_forward_hook(_fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        observe(model, sites, images)
    handle.remove()
    assert [site.quantizer for site in sites] == before


def _fail(*_: object) -> None:
    raise RuntimeError("in the middle")


@pytest.mark.parametrize("name", ["vit", "swin", "beit"])
def test_layer_inputs_are_what_enters_before_the_quantizer(name: str, network: Network, images: Tensor) -> None:
    model = insert(network(name))
    for site in activation_sites(model):
        site.put(Uniform.symmetric(4, torch.tensor(4.0)))
    for _, layer in quant_layers(model):
        entered: list[Tensor] = []
        handle = layer.register_forward_pre_hook(lambda _, x, entered=entered: entered.append(x[0]))
        with torch.no_grad():
            model(images)
        handle.remove()
        torch.testing.assert_close(layer_inputs(model, layer, images, batch=2), entered[0])
        assert not layer._forward_pre_hooks


class Detour(nn.Module):
    """Has a layer that it does not call."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.unused = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        called: Tensor = self.used(x) @ self.unused.weight
        return called


def test_layers_that_are_not_called_are_named() -> None:
    model, x = insert(Detour()), torch.randn(3, 4)
    with pytest.raises(ValueError, match=r"the model never calls unused\.input"):
        observe(model, activation_sites(model), x)
    with pytest.raises(ValueError, match="the model never calls this QuantLinear"):
        layer_inputs(model, dict(quant_layers(model))["unused"], x)
