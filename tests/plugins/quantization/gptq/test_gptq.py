"""GPTQ's rounding is the best for what has been rounded already; weights end on their grids."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.quantization._ranges import weight_quantizer
from suite.plugins.quantization.gptq import GPTQ, round_columns
from suite.plugins.quantization.mse import MSE
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import Uniform, quant_layers


@pytest.fixture
def correlated() -> tuple[Tensor, Tensor, Uniform]:
    """A weight [16, 40], inputs [500, 40] that a few directions dominate, and the weight's quantizer of 3 bits."""
    torch.manual_seed(0)
    inputs = torch.randn(500, 10) @ torch.randn(10, 40) + 0.3 * torch.randn(500, 40)
    weight = torch.randn(16, 40)
    return weight, inputs, weight_quantizer("mse", weight, 3)


def hessian_of(inputs: Tensor) -> Tensor:
    return 2 * inputs.double().T @ inputs.double()


def output_error(weight: Tensor, rounded: Tensor, inputs: Tensor) -> float:
    return float(((rounded - weight) @ inputs.T).square().mean())


@pytest.mark.parametrize("act_order", [False, True])
def test_the_output_error_is_well_below_nearest(correlated: Any, act_order: bool) -> None:
    weight, inputs, quantizer = correlated
    rounded = round_columns(weight, hessian_of(inputs), quantizer, act_order=act_order)
    assert output_error(weight, rounded, inputs) < 0.4 * output_error(weight, quantizer(weight), inputs)
    assert torch.equal(quantizer(rounded), rounded)


@pytest.mark.parametrize("act_order", [False, True])
def test_inputs_that_tell_nothing_leave_rounding_to_nearest(correlated: Any, act_order: bool) -> None:
    weight, _, quantizer = correlated
    for hessian in (torch.eye(40).double(), torch.zeros(40, 40).double(), torch.arange(1.0, 41).diag().double()):
        before = hessian.clone()
        assert torch.equal(round_columns(weight, hessian, quantizer, act_order=act_order), quantizer(weight))
        assert torch.equal(hessian, before)


@pytest.mark.parametrize("act_order", [False, True])
def test_each_column_sees_the_best_answer_to_those_before_it(correlated: Any, act_order: bool) -> None:
    """Against the definition: with columns R left and F rounded, W_R - (Q_F - W_F) H_FR H_RR^-1 costs least."""
    weight, inputs, quantizer = correlated
    hessian = hessian_of(inputs)
    damped = hessian + 0.01 * hessian.diagonal().mean() * torch.eye(40)
    order = hessian.diagonal().argsort(descending=True) if act_order else torch.arange(40)
    expected = weight.double()
    for place in range(40):
        before, left = order[:place], order[place:]
        change = expected[:, before] - weight[:, before]
        answer = weight[:, left] - change @ damped[before][:, left] @ damped[left][:, left].inverse()
        expected[:, left[0]] = quantizer(answer[:, :1])[:, 0]
    rounded = round_columns(weight, hessian, quantizer, act_order=act_order)
    torch.testing.assert_close(rounded, expected.float())


@pytest.mark.parametrize("block", [1, 7, 40, 128])
def test_blocks_change_no_answer(correlated: Any, block: int) -> None:
    weight, inputs, quantizer = correlated
    whole = round_columns(weight, hessian_of(inputs), quantizer, block=1000)
    assert torch.equal(round_columns(weight, hessian_of(inputs), quantizer, block=block), whole)


def test_a_column_that_sees_only_zeros_goes_to_nearest_and_disturbs_none(correlated: Any) -> None:
    weight, inputs, quantizer = correlated
    inputs[:, 7] = 0
    rounded = round_columns(weight, hessian_of(inputs), quantizer)
    assert torch.equal(rounded[:, 7], quantizer(weight)[:, 7])
    assert output_error(weight, rounded, inputs) < 0.4 * output_error(weight, quantizer(weight), inputs)


def quantized(method: Quantizer, model: nn.Module, images: Tensor, *bits: int) -> nn.Module:
    return method.quantize(model, Calibration(images), Spec(*bits), Context(seed=0))


def test_grouped_convolutions_gain_too() -> None:
    torch.manual_seed(0)
    errors, images = [], torch.randn(64, 2, 6, 6).repeat(1, 2, 1, 1) + 0.2 * torch.randn(64, 4, 6, 6)
    for method in (MSE(), GPTQ()):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(4, 8, 1), nn.Conv2d(8, 8, 3, groups=2))
        before = model(images)
        errors.append((quantized(method, model, images, 3, 32)(images) - before).square().mean().item())
    assert errors[1] < 0.7 * errors[0]


def test_weights_of_the_network_lie_on_their_grids_and_lose_less(digits_vit: Any) -> None:
    errors = []
    for method in (MSE(), GPTQ()):
        model = quantized(method, digits_vit.copy(), digits_vit.calibration, 2, 32)
        with torch.no_grad():
            errors.append(float((model(digits_vit.images) - digits_vit.model(digits_vit.images)).square().mean()))
    assert errors[1] < 0.8 * errors[0]
    for _, layer in quant_layers(model):
        assert isinstance(layer.weight_quantizer, Uniform)
        assert torch.equal(layer.quantized_weight(), layer.weight)


def test_float_weights_stay(digits_vit: Any) -> None:
    model = quantized(GPTQ(), digits_vit.copy(), digits_vit.calibration, 32, 8)
    assert torch.equal(model.blocks[0].mlp.fc1.weight, digits_vit.model.blocks[0].mlp.fc1.weight)
