"""The layerwise quantization of brevitas as a method."""

from __future__ import annotations

import copy
from importlib.util import find_spec
from typing import Any

import pytest
import torch
from torch import nn

from suite import Context
from suite.registry import load_registry
from suite.tracks.quantization import Calibration, Quantizer, Spec

pytestmark = pytest.mark.skipif(
    find_spec("brevitas") is None, reason="install it with: pip install 'basin-suite[test]'"
)


def quantized(spec: Spec, digits_vit: Any) -> nn.Module:
    method: Quantizer = load_registry().method("quantization", "brevitas").value()
    assert method.standing == "reference"
    model, images, _, _ = digits_vit
    return method.quantize(copy.deepcopy(model), Calibration(images), spec, Context(seed=0))


def test_every_layer_has_its_bits_and_the_edges_more(digits_vit: Any) -> None:
    model = quantized(Spec(4, 5), digits_vit)
    found = {name: module for name, module in model.named_modules() if hasattr(module, "quant_weight")}
    assert len(found) == 2 + 3 * 4
    for name, layer in found.items():
        edge = name in ("patch_embed.proj", "head")
        assert layer.weight_quant.bit_width() == (8 if edge else 4), name
        assert layer.input_quant.bit_width() == (8 if edge else 5), name
    levels = found["blocks.0.mlp.fc1"].input_quant(torch.linspace(-100, 100, 100_001)).value.unique()
    assert len(levels) == 2**5
    codes = found["blocks.0.mlp.fc1"].quant_weight().int()
    assert codes.min() >= -7
    assert codes.max() <= 7


def test_at_eight_bits_predictions_stay(digits_vit: Any) -> None:
    model, _, test, _ = digits_vit
    with torch.no_grad():
        ours, exact = quantized(Spec(8, 8), digits_vit)(test), model(test)
    assert not torch.equal(ours, exact)
    assert (ours.argmax(1) == exact.argmax(1)).float().mean() > 0.97


def test_float_activations_have_no_quantizer(digits_vit: Any) -> None:
    model = quantized(Spec(4, 32), digits_vit)
    assert not model.blocks[0].attn.qkv.input_quant.is_quant_enabled
    assert model.blocks[0].attn.qkv.weight_quant.is_quant_enabled


def test_a_single_bit_is_not_supported() -> None:
    method = load_registry().method("quantization", "brevitas").value
    assert "at least 2 bits" in method.supports(Spec(1, 8))
    assert method.supports(Spec(2, 1)) == ""
