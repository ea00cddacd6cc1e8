"""Bias correction leaves no shift of the mean."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import timm
import torch
from torch import nn

from suite import Context
from suite.plugins.quantization._layerwise import repaired
from suite.plugins.quantization._ranges import weight_quantizer
from suite.plugins.quantization.bias_correction import BiasCorrection, correct_bias
from suite.plugins.quantization.mse import MSE
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import insert


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("layer", "shape"),
    [(nn.Linear, (9, 5, 4)), (nn.Linear, (9, 4)), (lambda *w, **b: nn.Conv2d(*w, 2, **b), (9, 4, 6, 6))],
)
def test_the_mean_of_each_channel_is_restored(layer: Any, shape: tuple[int, ...], bias: bool) -> None:
    torch.manual_seed(0)
    quantized = insert(nn.Sequential(layer(4, 3, bias=bias)))[0]
    inputs = torch.rand(shape) + 1
    outputs = quantized(inputs)
    quantized.weight_quantizer = weight_quantizer("minmax", quantized.weight.detach(), 2)
    over = (0, 2, 3) if len(shape) == 4 else tuple(range(len(shape) - 1))
    assert (quantized(inputs) - outputs).mean(over).abs().min() > 1e-3
    correct_bias(quantized, inputs, outputs)
    torch.testing.assert_close(quantized(inputs).mean(over), outputs.mean(over), rtol=1e-4, atol=1e-5)


def shifts(method: Quantizer, digits: Any) -> torch.Tensor:
    """The largest shift of a channel's mean, of each layer, in standard deviations of the layer's output."""
    model = method.quantize(digits.copy(), Calibration(digits.calibration), Spec(3, 8), Context(seed=0))
    float_model = insert(copy.deepcopy(digits.model))
    found = []
    for layer, inputs, outputs in repaired(model, float_model, digits.calibration):
        error = outputs - layer.multiply(inputs, layer.quantized_weight(), layer.bias)
        over = (0, 2, 3) if error.ndim == 4 else tuple(range(error.ndim - 1))
        found.append(error.mean(over).abs().max() / outputs.std())
    return torch.stack(found).detach()


def test_no_layer_of_the_network_is_shifted_and_without_correction_most_are(digits_vit: Any) -> None:
    assert shifts(BiasCorrection(), digits_vit).max() < 1e-4
    assert shifts(MSE(), digits_vit).median() > 0.02


def test_a_layer_that_attention_gives_a_bias_of_its_own_stays_quantized() -> None:
    """BEiT adds query and value biases past its layer without bias, which gets one here."""
    torch.manual_seed(0)
    shape = {
        "img_size": 8,
        "patch_size": 2,
        "in_chans": 1,
        "num_classes": 3,
        "embed_dim": 16,
        "depth": 2,
        "num_heads": 2,
    }
    float_model, images = timm.models.Beit(**shape).eval(), torch.randn(20, 1, 8, 8)
    for block in float_model.blocks:
        nn.init.normal_(block.attn.q_bias)
        nn.init.normal_(block.attn.qkv.weight)
    how = Calibration(images), Spec(2, 8), Context(seed=0)
    model = BiasCorrection().quantize(copy.deepcopy(float_model), *how)
    qkv = model.blocks[1].attn.qkv
    assert qkv.bias is not None
    before = model(images)
    qkv.weight_quantizer = nn.Identity()
    assert not torch.equal(model(images), before)
