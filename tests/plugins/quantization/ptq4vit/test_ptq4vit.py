"""PTQ4ViT: twin grids where they belong, and scales that the loss asks for."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.quantization.ptq4vit import PTQ4ViT, gelu_grids, softmax_grids
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import TwinUniform, Uniform, activation_sites, weight_sites

QUICK = {"candidates": 25, "rounds": 1}


def quantized(method: Quantizer, spec: Spec, digits_vit: Any, seed: int = 0) -> nn.Module:
    model, images, _, _ = digits_vit
    return method.quantize(copy.deepcopy(model), Calibration(images), spec, Context(seed=seed))


def lost(model: nn.Module, digits_vit: Any) -> float:
    with torch.no_grad():
        return float((model(digits_vit[2]) - digits_vit[0](digits_vit[2])).square().mean())


def test_sites_have_the_quantizers_of_their_kind(digits_vit: Any) -> None:
    model = quantized(PTQ4ViT(**QUICK), Spec(4, 5), digits_vit)
    for site in weight_sites(model):
        assert site.quantizer.bits == (8 if site.edge else 4), site.name
        assert site.quantizer.low < 0
        assert site.quantizer.scale.numel() == site.owner.weight.shape[0]
    for site in activation_sites(model):
        assert site.quantizer.bits == (8 if site.edge else 5), site.name
        twin = site.kind == "attention" or site.name.endswith("fc2.input")
        assert isinstance(site.quantizer, TwinUniform if twin else Uniform), site.name
        assert len(site.quantizer(site.quantizer.sweep()).unique()) <= 2**site.quantizer.bits


def test_it_loses_far_less_than_the_extremes_do(digits_vit: Any) -> None:
    spec = Spec(3, 3)
    ours = lost(quantized(PTQ4ViT(**QUICK), spec, digits_vit), digits_vit)
    assert ours < 0.5 * lost(quantized(RTNMinMax(), spec, digits_vit), digits_vit)


def test_the_hessian_changes_what_is_chosen(digits_vit: Any) -> None:
    scales = []
    for hessian in (True, False):
        model = quantized(PTQ4ViT(hessian=hessian, **QUICK), Spec(4, 4), digits_vit)
        scales.append(model.blocks[1].mlp.fc1.weight_quantizer.scale)
    assert not torch.equal(*scales)


def test_the_same_seed_gives_the_same_model(digits_vit: Any) -> None:
    one, other = (quantized(PTQ4ViT(**QUICK), Spec(4, 4), digits_vit, seed=3) for _ in range(2))
    for (name, first), second in zip(one.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(first, second), name


@pytest.mark.parametrize(("spec", "kind"), [(Spec(32, 4), "weight"), (Spec(4, 32), "activation")])
def test_what_stays_float_has_no_quantizer(spec: Spec, kind: str, digits_vit: Any) -> None:
    model = quantized(PTQ4ViT(**QUICK), spec, digits_vit)
    for site in weight_sites(model) if kind == "weight" else activation_sites(model):
        assert isinstance(site.quantizer, nn.Identity), site.name


def test_a_single_bit_is_refused(digits_vit: Any) -> None:
    with pytest.raises(ValueError, match="at least 2 bits, not 1"):
        quantized(PTQ4ViT(**QUICK), Spec(4, 1), digits_vit)


def test_softmax_grids_reach_one_and_differ_by_powers_of_two() -> None:
    values = torch.tensor([0.0, 1.0])
    grids = softmax_grids(values, 4)
    for power, grid in enumerate(grids):
        assert torch.equal(grid(values), values)
        assert float(grid.coarse / grid.fine) == 2**power
    small = torch.tensor([0.003])
    assert float(grids[0](small)) == 0
    assert float(grids[8](small)) == pytest.approx(0.003, rel=0.1)


def test_gelu_grids_keep_all_negative_values() -> None:
    x = nn.functional.gelu(torch.linspace(-4, 5, 2001))
    for grid in gelu_grids(x, 4, torch.tensor([0.3, 1.0])):
        assert negative_error(grid, x) <= float(grid.fine) / 2 + 1e-6
    widest = gelu_grids(x, 4, torch.ones(1))[0]
    assert float(widest(x).max()) == pytest.approx(float(x.max()))


def negative_error(grid: TwinUniform, x: Tensor) -> float:
    negative = x[x < 0]
    return float((grid(negative) - negative).abs().max())
