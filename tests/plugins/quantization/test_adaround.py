"""AdaRound rounds up or down, whichever its layer's output likes better."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.quantization.adaround import AdaRound, annealed, rectified_sigmoid
from suite.plugins.quantization.mse import MSE
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import Uniform, quant_layers


def quantized(method: Quantizer, model: nn.Module, images: Tensor, *bits: int) -> nn.Module:
    return method.quantize(model, Calibration(images), Spec(*bits), Context(seed=0))


@pytest.mark.parametrize("bias", [True, False])
def test_the_output_error_is_well_below_nearest(bias: bool) -> None:
    torch.manual_seed(0)
    errors, images = [], torch.randn(256, 10) @ torch.randn(10, 40) + 0.3 * torch.randn(256, 40)
    for method in (MSE(), AdaRound()):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(40, 16, bias=bias))
        before = model(images)
        errors.append((quantized(method, model, images, 3, 32)(images) - before).square().mean().item())
    assert errors[1] < 0.5 * errors[0]


def test_a_convolution_learns_too() -> None:
    torch.manual_seed(0)
    errors, images = [], torch.randn(64, 2, 6, 6).repeat(1, 2, 1, 1) + 0.2 * torch.randn(64, 4, 6, 6)
    for method in (MSE(), AdaRound()):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(4, 8, 1), nn.Conv2d(8, 8, 3, padding="same"))
        before = model(images)
        errors.append((quantized(method, model, images, 3, 32)(images) - before).square().mean().item())
    assert errors[1] < 0.7 * errors[0]


@pytest.mark.slow
def test_weights_of_the_network_go_one_step_at_most_and_lose_less(digits_vit: Any) -> None:
    errors = []
    for method in (MSE(), AdaRound()):
        model = quantized(method, digits_vit.copy(), digits_vit.calibration, 2, 32)
        with torch.no_grad():
            errors.append(float((model(digits_vit.images) - digits_vit.model(digits_vit.images)).square().mean()))
    assert errors[1] < 0.7 * errors[0]
    originals = dict(digits_vit.model.named_modules())
    for name, layer in quant_layers(model):
        quantizer = layer.weight_quantizer
        assert isinstance(quantizer, Uniform)
        assert torch.equal(layer.quantized_weight(), layer.weight)
        steps = originals[name].weight.detach() / quantizer.scale
        inside = (steps > quantizer.low) & (steps < quantizer.high)
        assert ((layer.weight / quantizer.scale - steps).abs() < 1 + 1e-4)[inside].all()


def test_without_learning_it_is_rounding_to_nearest(digits_vit: Any) -> None:
    how = digits_vit.calibration, 4, 8
    still = quantized(AdaRound(learning_rate=1e-9, iterations=2), digits_vit.copy(), *how)
    for (_, one), (_, other) in zip(
        quant_layers(still), quant_layers(quantized(MSE(), digits_vit.copy(), *how)), strict=True
    ):
        assert torch.equal(one.quantized_weight(), other.quantized_weight())


def test_without_the_regulariser_what_is_learned_is_lost_in_rounding() -> None:
    torch.manual_seed(0)
    images, layer = torch.randn(256, 10) @ torch.randn(10, 40), nn.Linear(40, 16)
    errors = []
    for strength in (0, 0.01):
        model = quantized(AdaRound(regularisation=strength), nn.Sequential(copy.deepcopy(layer)), images, 3, 32)
        errors.append((model(images) - layer(images)).square().mean().item())
    assert errors[1] < 0.5 * errors[0]


def test_the_exponent_falls_from_20_to_2() -> None:
    exponents = [annealed(step / 10) for step in range(11)]
    assert exponents[0] == 20
    assert exponents[-1] == 2
    assert exponents == sorted(exponents, reverse=True)


def test_the_rectified_sigmoid_reaches_both_ends() -> None:
    v = torch.tensor([-2.5, 0.0, 2.5], requires_grad=True)
    h = rectified_sigmoid(v)
    assert h.tolist() == [0, 0.5, 1]
    h.sum().backward()
    assert v.grad is not None
    assert v.grad.tolist() == [0, pytest.approx(0.3), 0]
