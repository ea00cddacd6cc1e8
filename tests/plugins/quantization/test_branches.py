"""Columns and products of low rank in half precision, beside what is quantized."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from suite import Context
from suite.plugins.quantization._branches import Columns, LowRank, halved, linear
from suite.plugins.quantization.llm_int8 import LLMInt8, keep_outliers
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.plugins.quantization.svdquant import SVDQuant
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.audit import audit
from suite.tracks.quantization.fake import insert
from suite.tracks.quantization.outliers.protocol import mean_bits


@pytest.fixture
def layer() -> Any:
    torch.manual_seed(0)
    return insert(nn.Linear(12, 8))


def with_outliers(digits_vit: Any) -> nn.Module:
    """Outliers that change nothing: one channel 50 times as large, its column as small."""
    model = digits_vit.copy()
    for block in model.blocks:
        block.norm1.weight.data[5] *= 50
        block.norm1.bias.data[5] *= 50
        block.attn.qkv.weight.data[:, 5] /= 50
    return model


def quantized(method: Quantizer, model: nn.Module, digits_vit: Any, spec: Spec) -> nn.Module:
    return method.quantize(copy.deepcopy(model), Calibration(digits_vit.calibration), spec, Context(seed=0)).eval()


def logit_error(method: Quantizer, model: nn.Module, digits_vit: Any, spec: Spec) -> float:
    with torch.no_grad():
        before = model(digits_vit.images)
        after = quantized(method, model, digits_vit, spec)(digits_vit.images)
        return float((after - before).square().mean() / before.var())


def test_columns_that_are_kept_keep_the_function_to_half_precision(layer: Any) -> None:
    x, kept = torch.randn(3, 5, 12), torch.arange(12) % 5 == 0
    split = Columns(layer, kept)
    torch.testing.assert_close(split(x), layer(x), rtol=1e-2, atol=1e-2)
    assert not torch.equal(split(x), layer(x))
    assert split.outlying.weight.shape == (8, 3)
    assert torch.equal(split.quantized.weight, layer.weight[:, ~kept])
    assert sum(p.numel() for p in split.parameters()) == sum(p.numel() for p in layer.parameters())


@pytest.mark.parametrize("rank", [1, 4, 8, 50])
def test_the_rest_is_what_the_product_of_low_rank_leaves(layer: Any, rank: int) -> None:
    split, x = LowRank(layer, rank), torch.randn(3, 5, 12)
    whole = split.up.weight @ split.down.weight + split.quantized.weight
    torch.testing.assert_close(whole, layer.weight)
    torch.testing.assert_close(split(x), layer(x), rtol=1e-2, atol=1e-2)
    values = torch.linalg.svdvals(layer.weight).detach()
    left = torch.linalg.svdvals(split.quantized.weight).detach()
    assert float(left[0]) == pytest.approx(float(values[rank]) if rank < 8 else 0, abs=2e-3)


def test_half_precision_has_a_largest_number() -> None:
    x = torch.tensor([1e9, -1e9, 1.0, 1 + 2**-12])
    assert halved(x).tolist() == [65504, -65504, 1, 1]
    made = linear(torch.eye(2), torch.ones(2))
    assert made(torch.ones(2)).tolist() == [2, 2]


def test_a_threshold_that_every_input_reaches_is_refused(digits_vit: Any) -> None:
    with pytest.raises(ValueError, match=r"every input of blocks.0.attn.qkv reaches the threshold of 0.001"):
        keep_outliers(insert(digits_vit.copy()), digits_vit.calibration, 0.001)


def test_outliers_are_kept_and_the_audit_says_so(digits_vit: Any) -> None:
    model, spec = with_outliers(digits_vit), Spec(8, 8)
    lines: list[str] = []
    LLMInt8(threshold=20.0).quantize(
        copy.deepcopy(model), Calibration(digits_vit.calibration), spec, Context(seed=0, log=lines.append)
    )
    assert lines == ["inputs kept in 16 bits: 3"]
    made = quantized(LLMInt8(threshold=20.0), model, digits_vit, spec)
    found = audit(made, digits_vit.images[:8], spec)
    assert 0.9 < found.mac_coverage < 1
    assert len(found.mismatches) == 1
    assert "blocks.0.attn.qkv.outlying (A32, W32)" in found.mismatches[0]
    few = audit(quantized(RTNMinMax(), model, digits_vit, spec), digits_vit.images[:8], spec)
    inner = 3 * 12 * 48 * 48
    extra = mean_bits(digits_vit.model, found.size_mb) - mean_bits(digits_vit.model, few.size_mb)
    assert 3 * 144 * 8 / inner * 0.7 < extra < 3 * 144 * 8 / inner  # 16 bits instead of 8 in three columns
    assert logit_error(LLMInt8(threshold=20.0), model, digits_vit, spec) < 0.1 * logit_error(
        RTNMinMax(), model, digits_vit, spec
    )


@pytest.mark.slow
def test_a_rank_costs_what_it_says_and_repairs_what_four_bits_lose(digits_vit: Any) -> None:
    model, spec = with_outliers(digits_vit), Spec(4, 8)
    bits = {}
    for rank in (1, 4):
        found = audit(quantized(SVDQuant(rank=rank), model, digits_vit, spec), digits_vit.images[:8], spec)
        assert "attn.qkv.down (A32, W32)" in found.mismatches[0]
        bits[rank] = mean_bits(digits_vit.model, found.size_mb)
    sides = 3 * (48 + 144 + 48 + 48 + 2 * (48 + 192))
    weights = sum(m.weight.numel() for m in digits_vit.model.modules() if isinstance(m, nn.Linear | nn.Conv2d))
    assert bits[4] - bits[1] == pytest.approx(3 * 16 * sides / weights)
    errors = [logit_error(SVDQuant(rank=rank), model, digits_vit, spec) for rank in (1, 12)]
    assert errors[1] < 0.8 * errors[0]
