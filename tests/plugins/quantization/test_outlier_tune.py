"""OutlierTune: scales fold into weights, centring keeps the function, and integers give the output."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from suite import Context
from suite.plugins.quantization.mse import MSE
from suite.plugins.quantization.outlier_tune import OutlierTune, centre
from suite.tracks.quantization import Calibration, Spec
from suite.tracks.quantization.audit import audit
from suite.tracks.quantization.fake import insert, layer_inputs


def test_centring_balances_the_channels_and_keeps_the_function(digits_vit: Any) -> None:
    model = insert(digits_vit.copy())
    assert len(centre(model, digits_vit.calibration)) == 7  # two in each block, and the one before the head
    x = layer_inputs(model, model.blocks[1].attn.qkv, digits_vit.calibration)
    torch.testing.assert_close(x.amax((0, 1)), -x.amin((0, 1)), rtol=1e-3, atol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(model(digits_vit.images), digits_vit.model(digits_vit.images), rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_scales_per_channel_are_integers_and_cost_outliers_less(digits_vit: Any) -> None:
    model, spec = digits_vit.copy(), Spec(8, 4)
    for block in model.blocks:
        block.norm1.weight.data[5] *= 50
        block.norm1.bias.data[5] *= 50
        block.attn.qkv.weight.data[:, 5] /= 50
    errors = []
    with torch.no_grad():
        before = model(digits_vit.images)
        for method in (MSE(), OutlierTune(), OutlierTune(centre=False)):
            made = method.quantize(copy.deepcopy(model), Calibration(digits_vit.calibration), spec, Context(seed=0))
            errors.append(float((made(digits_vit.images) - before).square().mean() / before.var()))
            found = audit(made, digits_vit.images[:8], spec)
            assert found.mismatches == ()
            assert found.mac_coverage == 1
            assert found.granularity["activation"] == ("per-tensor" if method.name == "mse" else "per-channel")
    assert errors[1] < 0.5 * errors[0]
    assert errors[2] < 0.5 * errors[0]
