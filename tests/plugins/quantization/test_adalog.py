"""AdaLog: logarithmic grids after softmax and GELU whose base is searched."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from suite import Context
from suite.plugins.quantization.adalog import BASES, GELU_OFFSET, AdaLog, gelu_scales
from suite.plugins.quantization.percentile import Percentile
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import Logarithmic, Uniform, activation_sites, weight_sites


def quantized(method: Quantizer, spec: Spec, digits_vit: Any) -> nn.Module:
    model, images, _, _ = digits_vit
    return method.quantize(copy.deepcopy(model), Calibration(images), spec, Context(seed=0))


def test_sites_have_the_quantizers_of_their_kind(digits_vit: Any) -> None:
    model = quantized(AdaLog(images=8), Spec(4, 5), digits_vit)
    for site in weight_sites(model):
        assert site.quantizer.bits == (8 if site.edge else 4), site.name
    for site in activation_sites(model):
        assert site.quantizer.bits == (8 if site.edge else 5), site.name
        logarithmic = site.kind == "attention" or site.name.endswith("fc2.input")
        assert isinstance(site.quantizer, Logarithmic if logarithmic else Uniform), site.name


@pytest.mark.parametrize(("published", "levels"), [(False, 16), (True, 17)])
def test_only_as_published_there_is_a_level_too_many(published: bool, levels: int, digits_vit: Any) -> None:
    model = quantized(AdaLog(published=published, images=8), Spec(4, 4), digits_vit)
    for quantizer in (model.blocks[0].attn.products[1].left_quantizer, model.blocks[0].mlp.fc2.input_quantizer):
        assert len(quantizer(quantizer.sweep()).unique()) == levels


def test_it_loses_less_than_uniform_grids_in_their_place(digits_vit: Any) -> None:
    model, _, images, _ = digits_vit
    errors = []
    for method in (AdaLog(images=16), Percentile()):
        with torch.no_grad():
            changed = quantized(method, Spec(32, 3), digits_vit)
            errors.append(float((changed(images) - model(images)).square().mean()))
    assert errors[0] < 0.9 * errors[1]


def test_no_other_base_does_better_after_softmax(digits_vit: Any) -> None:
    model = quantized(AdaLog(images=8), Spec(4, 4), digits_vit)
    reference = quantized(AdaLog(), Spec(32, 32, edge_bits=32), digits_vit)
    product = model.blocks[0].attn.products[1]
    chosen = product.left_quantizer
    assert float(chosen.scale) == 1
    seen: list[tuple[torch.Tensor, ...]] = []
    reference.blocks[0].attn.products[1].register_forward_pre_hook(lambda _, inputs: seen.append(inputs))
    with torch.no_grad():
        reference(digits_vit[1][:8])
        attention, value = seen[0]
        errors = {
            base: float(
                (Logarithmic(4, torch.ones(()), base)(attention) @ product.right_quantizer(value) - attention @ value)
                .square()
                .sum()
            )
            for base in BASES
        }
    assert chosen.base == min(errors, key=lambda base: errors[base])


def test_the_base_follows_the_number_of_levels(digits_vit: Any) -> None:
    bases = [
        quantized(AdaLog(images=8), Spec(32, bits), digits_vit).blocks[1].mlp.fc2.input_quantizer.base
        for bits in (3, 8)
    ]
    assert bases[0] > bases[1]


def test_with_float_activations_weights_alone_are_quantized(digits_vit: Any) -> None:
    model = quantized(AdaLog(), Spec(4, 32), digits_vit)
    for site in activation_sites(model):
        assert site.edge or isinstance(site.quantizer, nn.Identity), site.name


def test_gelu_scales_end_with_the_greatest_value() -> None:
    x = nn.functional.gelu(torch.randn(5000, generator=torch.Generator().manual_seed(0)))
    scales = torch.stack(gelu_scales(x))
    assert float(scales[-1]) == pytest.approx(float(x.max()) + GELU_OFFSET)
    assert float(scales[0]) == pytest.approx(float(x[x > 0].quantile(0.9)) + GELU_OFFSET, rel=1e-2)
    assert torch.equal(scales, scales.sort().values)
    assert x.min() >= -GELU_OFFSET


def test_a_gelu_that_is_never_positive_has_a_scale() -> None:
    scales = gelu_scales(torch.tensor([-0.1, -0.05]))
    assert float(scales[0]) == pytest.approx(GELU_OFFSET - 0.05)
