"""The int8 of torchao as a method."""

from __future__ import annotations

import copy
import sys
from importlib.util import find_spec
from subprocess import run
from typing import Any

import pytest
import torch

from suite import Context
from suite.plugins import quantization
from suite.registry import load_registry
from suite.tracks.quantization import Calibration, Quantizer, Spec

installed = pytest.mark.skipif(find_spec("torchao") is None, reason="install it with: pip install 'basin-suite[test]'")


def method() -> Quantizer:
    found: Quantizer = load_registry().method("quantization", "torchao-int8").value()
    return found


@installed
@pytest.mark.parametrize("activation_bits", [8, 32])
def test_linear_layers_are_int8_and_predictions_stay(activation_bits: int, digits_vit: Any) -> None:
    model, images, test, _ = digits_vit
    spec = Spec(8, activation_bits)
    assert method().supports(spec) == ""
    changed = method().quantize(copy.deepcopy(model), Calibration(images), spec, Context(seed=0))
    weight = changed.blocks[0].attn.qkv.weight
    assert weight.qdata.dtype == torch.int8
    with torch.no_grad():
        ours, exact = changed(test), model(test)
    assert not torch.equal(ours, exact)
    assert (ours.argmax(1) == exact.argmax(1)).float().mean() > 0.98


@installed
@pytest.mark.parametrize("spec", [Spec(4, 4), Spec(4, 8), Spec(8, 6)])
def test_other_bits_are_not_supported(spec: Spec) -> None:
    assert f"not {spec.name}" in method().supports(spec)


@installed
def test_listing_it_imports_nothing_of_torchao() -> None:
    code = "import sys; from suite.registry import load_registry; load_registry(); print('torchao' in sys.modules)"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_it_is_unknown_where_torchao_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []
    monkeypatch.setattr(quantization, "find_spec", lambda name: None)
    quantization.suite_register_methods(registered.append)
    assert not any("torchao" in name for name in registered)
    monkeypatch.setattr(quantization, "find_spec", lambda name: object())
    quantization.suite_register_methods(registered.append)
    assert any("torchao_int8" in name for name in registered)
