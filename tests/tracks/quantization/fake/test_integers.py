"""Layers on integers give what the fake-quantized ones give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake import (
    Learned,
    Logarithmic,
    PerToken,
    TwinUniform,
    Uniform,
    activation_sites,
    insert,
    observe,
    quant_layers,
    weight_sites,
)
from suite.tracks.quantization.fake.integers import NotInteger, exact_weight, layer_output, on_integers, product_output
from suite.tracks.quantization.fake.layers import Product, QuantLinear


def quantized(model: nn.Module, images: Tensor, bits: int = 4) -> nn.Module:
    """Put affine per-tensor quantizers at every activation, symmetric per-channel ones at every weight."""
    insert(model)
    sites = activation_sites(model)
    seen = observe(model, sites, images)
    for site in sites:
        site.put(Uniform.affine(bits, seen[site.name].low.min(), seen[site.name].high.max()))
    for site in weight_sites(model):
        weight = site.owner.weight.detach()
        limit = weight.flatten(1).abs().amax(dim=1).reshape(-1, *[1] * (weight.ndim - 1))
        site.put(Uniform.symmetric(bits, limit, granularity="per-channel"))
    return model


def linear(inputs: nn.Module, weights: nn.Module, folds: bool = False) -> QuantLinear:
    layer = insert(nn.Sequential(nn.Linear(6, 5)))[0]
    layer.input_quantizer, layer.weight_quantizer, layer.folds = inputs, weights, folds
    return layer


X = torch.randn(7, 6, generator=torch.Generator().manual_seed(0))
SYMMETRIC = Uniform.symmetric(4, torch.tensor(0.4))
ROWS = Uniform.symmetric(4, torch.linspace(0.2, 0.5, 5).reshape(5, 1), granularity="per-channel")
CHANNELS = Uniform.symmetric(4, torch.linspace(1, 3, 6), granularity="per-channel")


@pytest.mark.parametrize(
    "inputs",
    [
        SYMMETRIC,
        Uniform.affine(4, torch.tensor(-0.7), torch.tensor(2.1)),
        Learned(4, torch.tensor(0.3)),
        PerToken(4),
        Logarithmic(4, torch.tensor(3.0), offset=1.0),
        TwinUniform(4, torch.tensor(0.05), torch.tensor(0.4), "sign"),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.parametrize("weights", [SYMMETRIC, ROWS], ids=["one scale", "a scale per row"])
def test_layers(inputs: nn.Module, weights: nn.Module) -> None:
    layer = linear(inputs, weights)
    with torch.no_grad():
        assert torch.allclose(layer_output(layer, X), layer(X), atol=1e-6)


def test_scales_per_channel_are_integers_only_if_folded() -> None:
    with pytest.raises(NotInteger, match="differ within a sum"), torch.no_grad():
        layer_output(linear(CHANNELS, ROWS), X)
    folded = linear(CHANNELS, ROWS, folds=True)
    with torch.no_grad():
        assert torch.allclose(layer_output(folded, X), folded(X), atol=1e-6)


@pytest.mark.parametrize(
    ("inputs", "weights", "reason"),
    [
        (SYMMETRIC, nn.Identity(), "Identity has no uniform scale"),
        (nn.Identity(), ROWS, "Identity has no uniform scale"),
        (Uniform(4, torch.tensor(0.2), torch.tensor(7.1354)), ROWS, "its zero point is not an integer"),
        (SYMMETRIC, Uniform.symmetric(4, torch.full((5, 6), 0.4)), "scales of the weight differ"),
    ],
)
def test_what_has_no_integer_form_says_why(inputs: nn.Module, weights: nn.Module, reason: str) -> None:
    with pytest.raises(NotInteger, match=reason), torch.no_grad():
        layer_output(linear(inputs, weights), X)


def test_products_keep_scales_of_heads_and_of_values_channels() -> None:
    product = Product()
    product.left_quantizer = Logarithmic(4, torch.tensor(1.0))
    product.right_quantizer = Uniform.symmetric(4, torch.rand(3, 1, 4) + 1, granularity="per-channel")
    generator = torch.Generator().manual_seed(1)
    left = torch.rand(2, 3, 5, 5, generator=generator)
    right = torch.randn(2, 3, 5, 4, generator=generator)
    assert torch.allclose(product_output(product, left, right), product(left, right), atol=1e-6)
    product.left_quantizer = Uniform.symmetric(4, torch.rand(3, 1, 5) + 1)  # a scale per token that is summed over
    with pytest.raises(NotInteger):
        product_output(product, left, right)


@pytest.mark.parametrize("name", ["vit", "distilled", "swin"])
def test_whole_models(network: Callable[[str], nn.Module], images: Tensor, name: str) -> None:
    model = quantized(network(name), images, bits=8)
    with torch.no_grad():
        wanted, found = model(images), on_integers(model)(images)
    # Other orders of summation move a few values over a rounding border; a code is one of 256.
    assert float((found - wanted).norm() / wanted.norm()) < 0.02


def test_a_model_that_is_not_quantized_cannot_run_on_integers(
    network: Callable[[str], nn.Module], images: Tensor
) -> None:
    with pytest.raises(NotInteger), torch.no_grad():
        on_integers(insert(network("vit")))(images)


def test_codes_stay_within_their_bits(network: Callable[[str], nn.Module], images: Tensor) -> None:
    for _, layer in quant_layers(quantized(network("vit"), images, bits=3)):
        codes, _ = exact_weight(layer)
        assert torch.equal(codes, codes.round())
        assert codes.min() >= -4
        assert codes.max() <= 3
