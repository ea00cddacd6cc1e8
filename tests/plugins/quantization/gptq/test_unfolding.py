"""Unfolded convolutions are the convolutions."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from suite.plugins.quantization.gptq._unfolding import hessians, unfolded
from suite.tracks.quantization.fake import insert

CONVOLUTIONS = {
    "patches": {"kernel_size": 2, "stride": 2},
    "overlapping": {"kernel_size": 3, "stride": 2, "padding": 1},
    "dilated": {"kernel_size": (3, 2), "dilation": 2, "padding": (1, 0)},
    "grouped": {"kernel_size": 3, "padding": 1, "groups": 2},
    "depthwise": {"kernel_size": 3, "groups": 4},
}


@pytest.mark.parametrize("how", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_an_unfolded_convolution_is_the_convolution(how: dict[str, Any]) -> None:
    torch.manual_seed(0)
    layer, x = insert(nn.Sequential(nn.Conv2d(4, 8, bias=False, **how)))[0], torch.randn(70, 4, 8, 8)
    rows, groups = unfolded(layer, x), layer.groups
    weights = layer.weight.flatten(1).unflatten(0, (groups, -1))
    maps = layer(x)
    products = (rows @ weights.mT).unflatten(1, (len(x), -1)).permute(1, 0, 3, 2).reshape(maps.shape)
    torch.testing.assert_close(products, maps, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(hessians(layer, x), 2 * rows.double().mT @ rows.double())


def test_padding_that_cannot_be_unfolded_is_refused() -> None:
    for how in ({"padding": "same"}, {"padding": 1, "padding_mode": "reflect"}):
        layer = insert(nn.Sequential(nn.Conv2d(1, 1, 3, **how)))[0]
        with pytest.raises(ValueError, match="cannot be unfolded"):
            unfolded(layer, torch.randn(1, 1, 8, 8))


def test_tokens_of_a_linear_layer_count_one_by_one() -> None:
    layer, x = insert(nn.Sequential(nn.Linear(4, 2)))[0], torch.randn(70, 5, 4)
    flat = x.flatten(0, 1).double()
    torch.testing.assert_close(hessians(layer, x), 2 * (flat.T @ flat)[None])
