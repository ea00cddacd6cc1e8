"""Layers with quantizers: put in, they change nothing by themselves; taken out, nothing is left of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import timm
import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake import (
    QuantLayer,
    Site,
    Uniform,
    activation_sites,
    compensate,
    insert,
    quant_layers,
    remove,
    weight_sites,
)

Network = Callable[[str], nn.Module]
every_network = pytest.mark.parametrize(
    "name", ["vit", "pooled", "qk-norm", "distilled", "swin", "eva", "dinov3", "beit", "swin-v2", "cait", "siglip"]
)


@torch.no_grad()
def outputs(model: nn.Module, images: Tensor) -> Tensor:
    logits: Tensor = model(images)
    return logits


class Halved(nn.Module):
    """Stands in for a quantizer whose effect cannot be overlooked, by a norm behind it neither."""

    def forward(self, x: Tensor) -> Tensor:
        return x.where(x < 0, x / 2)


@contextmanager
def halved(site: Site) -> Iterator[None]:
    before = site.quantizer
    site.put(Halved())
    yield
    site.put(before)


def quantize(model: nn.Module, bits: int = 4) -> nn.Module:
    """Put something at every site."""
    for site in activation_sites(model):
        site.put(Uniform.symmetric(bits, torch.tensor(4.0)))
    for site in weight_sites(model):
        site.put(Uniform.symmetric(bits, torch.tensor(0.6)))
    return model


@every_network
def test_layers_without_quantizers_change_nothing(name: str, network: Network, images: Tensor) -> None:
    model = network(name)
    expected, weights = outputs(model, images), model.state_dict()
    assert expected.std() > 0.1
    assert insert(model) is model
    torch.testing.assert_close(outputs(model, images), expected, rtol=1e-4, atol=1e-4)
    assert list(model.state_dict()) == list(weights)
    assert all(torch.equal(weight, weights[key]) for key, weight in model.state_dict().items())


@every_network
def test_every_site_is_passed(name: str, network: Network, images: Tensor) -> None:
    model = insert(network(name))
    expected = outputs(model, images)
    for site in [*weight_sites(model), *activation_sites(model)]:
        with halved(site):
            assert (outputs(model, images) - expected).abs().max() > 1e-3, f"{site.name} does nothing"
    assert torch.equal(outputs(model, images), expected)


@every_network
def test_removal_gives_the_model_back(name: str, network: Network, images: Tensor) -> None:
    model = network(name)
    expected, weights = outputs(model, images), model.state_dict()
    before = [(path, type(module), sorted(vars(module))) for path, module in model.named_modules()]
    fused = [getattr(module, "fused_attn", None) for module in model.modules()]
    quantize(insert(model))
    assert not torch.equal(outputs(model, images), expected)
    assert list(model.state_dict()) != list(weights)
    assert remove(model) is model
    assert [(path, type(module), sorted(vars(module))) for path, module in model.named_modules()] == before
    assert [getattr(module, "fused_attn", None) for module in model.modules()] == fused
    assert list(model.state_dict()) == list(weights)
    assert torch.equal(outputs(model, images), expected)


def fold(layer: QuantLayer, scale: Tensor) -> None:
    """Let a layer fold scales into its weight that its input is not quantized with."""
    layer.input_quantizer.scale = scale
    layer.folds = True


def test_removal_can_leave_the_quantized_weights(network: Network, images: Tensor) -> None:
    model = insert(network("swin"))
    for site in weight_sites(model):
        site.put(Uniform.symmetric(4, torch.tensor(0.6)))
    name, layer = next((name, layer) for name, layer in quant_layers(model) if name.endswith("fc1"))
    fold(layer, torch.linspace(0.5, 2, layer.weight.shape[1]))
    expected, latent = outputs(model, images), layer.weight.detach().clone()
    folded = Uniform.symmetric(4, torch.tensor(0.6))(latent * layer.fold) / layer.fold
    assert torch.equal(layer.quantized_weight(), folded)
    kept = remove(copy.deepcopy(model))
    remove(model, keep_weights=False)
    torch.testing.assert_close(outputs(model, images), expected)
    assert torch.equal(kept.get_submodule(name).weight, latent)
    assert torch.equal(model.get_submodule(name).weight, folded)
    assert type(model.get_submodule(name)) is nn.Linear


def test_what_is_folded_in_and_not_quantized_changes_nothing(network: Network, images: Tensor) -> None:
    model = insert(network("vit"))
    expected = outputs(model, images)
    for _, layer in quant_layers(model):
        fold(layer, torch.rand(layer.weight.shape[1:]) + 0.5)
    torch.testing.assert_close(outputs(model, images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["vit", "swin", "eva"])
def test_copies_are_independent(name: str, network: Network, images: Tensor) -> None:
    model = quantize(insert(network(name)), bits=8)
    expected = outputs(model, images)
    double = copy.deepcopy(model)
    assert torch.equal(outputs(double, images), expected)
    for site in [*activation_sites(double), *weight_sites(double)]:
        site.put(Halved())
    assert not torch.equal(outputs(double, images), expected)
    assert torch.equal(outputs(model, images), expected)
    remove(double)
    assert torch.equal(outputs(model, images), expected)


def test_inserting_twice_is_harmless(network: Network, images: Tensor) -> None:
    model = quantize(insert(network("distilled")))
    expected, classes = outputs(model, images), [type(module) for module in model.modules()]
    insert(model)
    assert [type(module) for module in model.modules()] == classes
    assert torch.equal(outputs(model, images), expected)
    assert not any("Quant" in type(module).__name__ for module in remove(model).modules())


def test_a_model_learns_through_its_quantizers(network: Network, images: Tensor) -> None:
    model = quantize(insert(network("swin")), bits=8)
    model(images).square().sum().backward()
    assert all(layer.weight.grad is not None and layer.weight.grad.abs().max() > 0 for _, layer in quant_layers(model))


class Attention(nn.Module):
    """Multiplies as often as it is told."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times, self.fused_attn = times, True

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.times):
            x = x @ x
        return x


def test_attention_that_multiplies_too_often_is_refused() -> None:
    x = torch.randn(2, 3, 3)
    torch.testing.assert_close(insert(Attention(2))(x), x @ x @ (x @ x))
    with pytest.raises(ValueError, match="it has more than 2 products"):
        insert(Attention(3))(x)


def test_products_outside_of_attention_are_left_alone(network: Network, images: Tensor) -> None:
    model = insert(network("vit"))
    for site in activation_sites(model):
        site.put(Halved())
    model.blocks[0].attn.qkv.register_forward_hook(_fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        model(images)
    assert torch.equal(torch.eye(2) @ torch.eye(2), torch.eye(2))


def _fail(*_: object) -> None:
    raise RuntimeError("in the middle")


def test_layers_with_a_forward_pass_of_their_own_are_refused() -> None:
    model = timm.create_model("vit_tiny_r_s16_p8_224", img_size=64)
    classes = [type(module) for module in model.modules()]
    with pytest.raises(
        ValueError, match=r"patch_embed\.backbone\.conv: it is a StdConv2dSame with its own forward pass"
    ):
        insert(model)
    assert [type(module) for module in model.modules()] == classes


@pytest.mark.parametrize("inserted", [False, True])
def test_a_block_is_compensated_by_a_linear_map_of_its_input(inserted: bool, network: Network, images: Tensor) -> None:
    model = network("vit")
    before, x = outputs(model, images), torch.randn(2, 5, 24)
    if inserted:
        insert(model)
    block, plain = model.blocks[1], type(model.blocks[1])
    expected = outputs(block, x)
    weight, bias = torch.randn(24, 24), torch.randn(24)
    compensate(block, weight, bias)
    assert isinstance(block, plain)
    torch.testing.assert_close(outputs(block, x), expected + x @ weight.half().float() + bias, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(outputs(model, images), before)
    with pytest.raises(ValueError, match="compensated before"):
        compensate(block, weight, bias)
    remove(model)
    assert type(block) is plain
    assert torch.equal(outputs(model, images), before)
    assert not any("compensation" in key for key in model.state_dict())
