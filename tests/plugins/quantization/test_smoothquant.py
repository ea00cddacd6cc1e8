"""SmoothQuant moves outliers into weights and leaves the function."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.quantization._reparameterisation import norms_with_layers
from suite.plugins.quantization.mse import MSE
from suite.plugins.quantization.smoothquant import SmoothQuant, smooth
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import insert, layer_inputs


def test_the_function_stays_while_no_quantizer_is_there(digits_vit: Any) -> None:
    model = insert(digits_vit.copy())
    assert smooth(model, digits_vit.calibration, 0.5) == 7  # two in each block, and the one before the head
    with torch.no_grad():
        torch.testing.assert_close(model(digits_vit.images), digits_vit.model(digits_vit.images), rtol=1e-4, atol=1e-4)
    assert not torch.allclose(model.blocks[0].norm1.weight, digits_vit.model.blocks[0].norm1.weight, rtol=0.1)


def extremes(model: nn.Module, images: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The largest magnitude of each channel, of activations and of weights."""
    pairs = norms_with_layers(model, images[:1])
    return [
        (layer_inputs(model, fed[0], images).abs().amax((0, 1)), fed[0].weight.abs().amax(dim=0))
        for _, fed in pairs
        if fed[0] is not model.head
    ]


@pytest.mark.parametrize("alpha", [0, 0.5, 1])
def test_difficulty_is_shared_as_alpha_says(alpha: float, digits_vit: Any) -> None:
    model = insert(digits_vit.copy())
    smooth(model, digits_vit.calibration, alpha)
    for activation, weight in extremes(model, digits_vit.calibration):
        if alpha == 0.5:
            torch.testing.assert_close(activation, weight, rtol=1e-3, atol=1e-4)
        else:
            flat = activation if alpha == 1 else weight
            torch.testing.assert_close(flat, torch.ones_like(flat), rtol=1e-3, atol=1e-4)


class TwoReaders(nn.Module):
    """A norm that feeds two layers, whose weights have different columns."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.one, self.other = nn.LayerNorm(4), nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        return self.one(x) * self.other(x)


def test_layers_of_one_norm_share_a_scale() -> None:
    torch.manual_seed(0)
    model, x = insert(TwoReaders()), torch.randn(20, 4)
    before, largest = model(x), torch.maximum(model.one.weight.abs().amax(0), model.other.weight.abs().amax(0))
    inputs = layer_inputs(model, model.one, x).abs().amax(0)
    assert smooth(model, x, 0.5) == 1
    torch.testing.assert_close(model(x), before)
    torch.testing.assert_close(layer_inputs(model, model.other, x).abs().amax(0), (inputs * largest).sqrt())


def test_a_channel_of_zeros_breaks_nothing(digits_vit: Any) -> None:
    model = insert(digits_vit.copy())
    model.blocks[0].norm1.weight.data[3] = 0
    model.blocks[0].norm1.bias.data[3] = 0
    before = model(digits_vit.images[:8])
    smooth(model, digits_vit.calibration, 0.5)
    torch.testing.assert_close(model(digits_vit.images[:8]), before, rtol=1e-4, atol=1e-4)


def logit_error(method: Quantizer, model: nn.Module, digits: Any) -> float:
    with torch.no_grad():
        before = model(digits.images)
        quantized = method.quantize(model, Calibration(digits.calibration), Spec(8, 4), Context(seed=0))
        return float((quantized(digits.images) - before).square().mean() / before.var())


def test_outliers_of_activations_cost_less(digits_vit: Any) -> None:
    models = [digits_vit.copy() for _ in range(2)]
    for model in models:
        for block in model.blocks:  # outliers that change nothing: one channel 50 times as large, its column as small
            block.norm1.weight.data[5] *= 50
            block.norm1.bias.data[5] *= 50
            block.attn.qkv.weight.data[:, 5] /= 50
    errors = [
        logit_error(method, model, digits_vit) for method, model in zip((MSE(), SmoothQuant()), models, strict=True)
    ]
    assert errors[1] < 0.5 * errors[0]
