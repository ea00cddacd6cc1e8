"""How far activations lie out: the moments are those of the values, and a planted outlier is found."""

from __future__ import annotations

import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kurtosis
from torch import nn

from suite.tracks.quantization.outliers.measure import _Moments, outliers
from suite.tracks.quantization.outliers.protocol import mean_bits


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=40), st.floats(0.01, 1000), st.integers(1, 3))
def test_moments_are_scipys_in_parts_or_whole_and_whatever_the_scale(
    values: list[float], scale: float, parts: int
) -> None:
    x = torch.tensor(values, dtype=torch.float64) * scale
    moments = _Moments()
    for part in x.chunk(parts):
        assert moments(part) is part
    found = moments.outliers("here")
    magnitude = x.abs().mean()
    assert found.max_to_mean == pytest.approx(float(x.abs().max() / magnitude) if magnitude else 0, rel=1e-9)
    if float(x.std()) > 1e-2 * float(x.abs().max()) > 0:
        assert found.kurtosis == pytest.approx(kurtosis(x.numpy(), fisher=False), rel=1e-3)


def test_values_that_are_all_alike_have_no_outliers() -> None:
    for value, ratio in ((0.0, 0.0), (3.0, 1.0)):
        moments = _Moments()
        moments(torch.full((10,), value))
        assert (moments.outliers("here").kurtosis, moments.outliers("here").max_to_mean) == (0, ratio)


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return timm.create_model(
        "vit_tiny_patch16_224", img_size=16, patch_size=8, embed_dim=48, depth=2, num_heads=2
    ).eval()


def test_a_planted_outlier_is_found_where_it_is(network: nn.Module) -> None:
    images = torch.randn(70, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = network(images[:4])
        network.blocks[1].norm2.weight[5] = 500
        network.blocks[1].mlp.fc1.weight[:, 5] = 0
        network.blocks[0].attn.qkv.weight.add_(0)
    found = {each.site: each for each in outliers(network, images)}
    assert len(found) == 2 * 8
    assert max(found, key=lambda site: found[site].max_to_mean) == "blocks.1.mlp.fc1.input"
    assert found["blocks.1.mlp.fc1.input"].kurtosis > 10 * found["blocks.0.mlp.fc1.input"].kurtosis
    with torch.no_grad():
        assert network(images[:4]).shape == before.shape


def test_mean_bits_of_floats_are_32_and_a_branch_adds_its_own(network: nn.Module) -> None:
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert mean_bits(network, 32 * parameters / 8e6) == pytest.approx(32)
    layers = [module for module in network.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    weights = sum(layer.weight.numel() for layer in layers)
    assert mean_bits(network, (32 * parameters + 16 * weights) / 8e6) == pytest.approx(48)
