"""What every built-in training-free quantizer must hold."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from suite import Context, SuiteError
from suite.registry import load_registry
from suite.tracks.quantization import FLOAT, Calibration, Spec
from suite.tracks.quantization.fake import quant_layers, weight_sites

PEERS = {"brevitas", "torchao-int8"}
"""Other libraries' code, which promises less."""
ALL: dict[str, Any] = {
    entry.value.name: entry.value
    for entry in load_registry().methods_of("quantization")
    if not entry.value.needs and entry.value.name not in PEERS
}
QUANTIZING = [name for name in ALL if name != "fp32"]
every_method = pytest.mark.parametrize("name", QUANTIZING)

# So that tests take a second: what the methods promise holds for few steps too.
FAST = {"adaround": {"iterations": 40}}


def quantized(name: str, digits: Any, spec: Spec, **parameters: Any) -> nn.Module:
    torch.manual_seed(0)
    method = ALL[name](**FAST.get(name, {}) | parameters)
    return method.quantize(digits.copy(), Calibration(digits.calibration), spec, Context(seed=0))


def test_all_are_there_and_those_that_do_not_compete_are_references() -> None:
    methods = {entry.value.name: entry.value for entry in load_registry().methods_of("quantization")}
    assert {"adaround", "bias-correction", "gptq", "mse", "smoothquant"} <= set(ALL)
    assert {name for name, method in methods.items() if method.standing == "reference"} - PEERS == {"fp32"}
    assert {name for name, method in methods.items() if method.needs} == {"gplq", "lsq"}


@pytest.mark.parametrize("name", ALL)
def test_eight_bits_lose_two_points_at_most(name: str, digits_vit: Any) -> None:
    before = digits_vit.accuracy(digits_vit.model)
    assert digits_vit.accuracy(quantized(name, digits_vit, Spec(8, 8))) >= before - 2


@pytest.mark.parametrize("bits", [(4, 4), (5, 5), (2, 8)], ids=lambda bits: "W{}A{}".format(*bits))
@every_method
def test_it_keeps_to_its_bits_or_says_why_not(name: str, bits: tuple[int, int], digits_vit: Any) -> None:
    spec = Spec(*bits)
    try:
        model = quantized(name, digits_vit, spec)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
        return
    with torch.no_grad():
        logits = model(digits_vit.images)
    assert logits.shape == (len(digits_vit.images), 10)
    assert logits.isfinite().all()
    for site in weight_sites(model):
        if site.owner.fold is None:
            rows = site.owner.quantized_weight().detach().flatten(1)
            assert max(len(row.unique()) for row in rows) <= 2 ** spec.weight(site.edge), site.name


@every_method
def test_the_same_seed_gives_the_same_model(name: str, digits_vit: Any) -> None:
    images = digits_vit.calibration.clone()
    one, other = (quantized(name, digits_vit, Spec(4, 6)) for _ in range(2))
    with torch.no_grad():
        assert torch.equal(one(digits_vit.images), other(digits_vit.images))
    assert torch.equal(digits_vit.calibration, images)


@every_method
def test_floats_asked_for_are_floats(name: str, digits_vit: Any) -> None:
    """With 32 bits for everything, nothing is quantized and the function is what it was."""
    try:
        model = quantized(name, digits_vit, Spec(FLOAT, FLOAT))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
        return
    with torch.no_grad():
        expected = digits_vit.model(digits_vit.images)
        torch.testing.assert_close(model(digits_vit.images), expected, rtol=1e-3, atol=1e-3)
    assert all(isinstance(layer.weight_quantizer, nn.Identity) for _, layer in quant_layers(model))


CHANGED = {
    "adaround": {
        "iterations": 10,
        "batch": 4,
        "learning_rate": 0.1,
        "regularisation": 100.0,
        "warm_start": 0.9,
        "ranges": "minmax",
    },
    "bias-correction": {"ranges": "minmax"},
    "gptq": {"damping": 1.0, "act_order": True, "ranges": "percentile"},
    "percentile": {"percentile": 0.99},
    "smoothquant": {"alpha": 0.8, "ranges": "minmax"},
}


@pytest.mark.parametrize(
    ("name", "change"), [(n, {k: v}) for n, changes in CHANGED.items() for k, v in changes.items()]
)
def test_every_parameter_has_an_effect(name: str, change: dict[str, Any], digits_vit: Any) -> None:
    spec = Spec(4, 8)
    one, other = quantized(name, digits_vit, spec), quantized(name, digits_vit, spec, **change)
    with torch.no_grad():
        assert not torch.allclose(one(digits_vit.images), other(digits_vit.images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ALL)
def test_an_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(SuiteError, match="nonsense"):
        ALL[name](nonsense=1)
