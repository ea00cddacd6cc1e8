"""Mixed precision: the budget holds, the audit sees it, and bits go where they matter."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite import Context
from suite.plugins.quantization._budget import cheapest
from suite.plugins.quantization._linearised import passed
from suite.plugins.quantization.mixed_precision import MixedPrecision
from suite.tracks.quantization import Calibration, Spec
from suite.tracks.quantization.audit import audit
from suite.tracks.quantization.fake import Uniform, activation_sites, insert, weight_sites

LOSSES = st.lists(st.lists(st.floats(1e-6, 1e3), min_size=3, max_size=3), min_size=1, max_size=4)


@settings(max_examples=20, deadline=None)
@given(LOSSES, st.integers(1, 50), st.floats(2, 4))
def test_the_choice_is_the_best_of_all_within_the_budget(losses: list[list[float]], size: int, mean: float) -> None:
    tables = [dict(zip((2, 3, 4), each, strict=True)) for each in losses]
    sizes = [size * (index + 1) for index in range(len(tables))]

    def cost(bits: tuple[int, ...]) -> float:
        return sum(table[own] for table, own in zip(tables, bits, strict=True))

    def weighted(bits: tuple[int, ...]) -> float:
        return sum(own * each for own, each in zip(bits, sizes, strict=True)) / sum(sizes)

    found = tuple(cheapest(tables, sizes, mean))
    allowed = [bits for bits in itertools.product((2, 3, 4), repeat=len(tables)) if weighted(bits) <= mean * (1 + 1e-9)]
    assert weighted(found) <= mean * (1 + 1e-6)
    assert cost(found) <= min(map(cost, allowed)) + 1e-5 * max(max(each) for each in losses)


def test_a_budget_below_the_fewest_bits_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no choice of bits has a mean of 1\.5 or fewer"):
        cheapest([{2: 1.0, 3: 0.5}], [10], 1.5)
    assert cheapest([], [], 4) == []


def test_the_first_order_is_what_a_small_change_does(digits_vit: Any) -> None:
    model, images = insert(digits_vit.copy()), digits_vit.calibration[:32]
    seen = passed(model, images, 64, torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = model(images)
        for name in ("blocks.0.attn.qkv", "blocks.2.mlp.fc2"):
            layer = model.get_submodule(name)
            change = 1e-3 * torch.randn(layer.weight.shape, generator=torch.Generator().manual_seed(1))
            told = seen[layer].error(layer.multiply(seen[layer].inputs[0], change, None), -1)
            layer.weight.add_(change)
            found = float((model(images) - before).square().sum(dim=1).mean())
            layer.weight.sub_(change)
            assert told == pytest.approx(found, rel=0.35), name


@pytest.mark.slow
def test_the_mean_is_within_the_budget_and_no_tensor_exceeds_the_precision(digits_vit: Any) -> None:
    spec, lines = Spec(6, 6), []
    context = Context(seed=0, log=lines.append)
    method = MixedPrecision(ranges="percentile", share=0.75)
    model = method.quantize(digits_vit.copy(), Calibration(digits_vit.calibration), spec, context).eval()
    found = audit(model, digits_vit.images[:8], spec)
    assert found.mismatches == ()
    assert found.mac_coverage == 1
    inner = [site for site in weight_sites(model) if not site.edge]
    bits = [site.quantizer.bits for site in inner]
    sizes = [site.owner.weight.numel() for site in inner]
    assert len(set(bits)) > 1
    mean = sum(own * size for own, size in zip(bits, sizes, strict=True)) / sum(sizes)
    assert 4 < mean <= 4.5
    assert found.activation_bits < 5  # 4.5, and 8 at the edges
    assert all(isinstance(site.quantizer, Uniform) for site in activation_sites(model))
    assert [line.count(",") for line in lines] == [len(inner) - 1, 24 - 1]
