"""The audit finds what a model does, whatever it says."""

from __future__ import annotations

import copy
from functools import partial

import pytest
import timm
import torch
from torch import Tensor, nn

from suite.contracts import Context
from suite.plugins.quantization._placement import place_activations, place_weights
from suite.plugins.quantization._ranges import PERCENTILE, activation_quantizer, weight_quantizer
from suite.plugins.quantization.percentile import Percentile
from suite.plugins.quantization.repq_vit import RepQViT
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.audit import audit, levels
from suite.tracks.quantization.fake import Logarithmic, TwinUniform, Uniform, activation_sites, compensate, insert
from suite.tracks.quantization.fake.layers import QuantLinear

IMAGES = torch.randn(12, 3, 32, 32, generator=torch.Generator().manual_seed(0))
W4A4 = Spec(4, 4)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    torch.manual_seed(0)
    return timm.create_model(
        "vit_tiny_patch16_224", img_size=32, patch_size=8, embed_dim=48, depth=2, num_heads=3, num_classes=10
    ).eval()


def made(method: Quantizer, network: nn.Module, spec: Spec = W4A4) -> nn.Module:
    return method.quantize(copy.deepcopy(network), Calibration(IMAGES), spec, Context(0))


@pytest.mark.parametrize(
    "spec", [Spec(4, 4), Spec(8, 8), Spec(3, 3), Spec(2, 8), Spec(4, 32)], ids=lambda spec: spec.name
)
def test_an_honest_model_is_as_declared(network: nn.Module, spec: Spec) -> None:
    found = audit(made(RTNMinMax(), network, spec), IMAGES, spec)
    assert found.mismatches == ()
    assert found.mac_coverage == 1
    floats = spec.activation_bits == 32
    assert found.granularity == {"weight": "per-channel", "activation": "float" if floats else "per-tensor"}
    assert found.weight_bits < spec.weight_bits + 2  # 8 at the edges, and scales
    if not floats:
        assert found.integer_error is not None
        assert found.integer_error < 1e-5


def test_bits_and_size_are_those_of_the_arithmetic(network: nn.Module) -> None:
    model = made(RTNMinMax(), network)
    found = audit(model, IMAGES, W4A4)
    inner = 2 * 12 * 48 * 48
    outer = 48 * 3 * 64 + 48 * 10
    rows = 2 * (3 + 1 + 4 + 1) * 48 + 48 + 10
    activations = len(activation_sites(model))
    scales = 32 * (rows + 10 + 2 * activations)  # a symmetric weight's zero point is one number a layer
    stored = 4 * inner + 8 * outer + scales
    assert found.weight_bits == pytest.approx(stored / (inner + outer))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert found.size_mb == pytest.approx((stored + 32 * (parameters - inner - outer)) / 8e6)
    assert found.parameter_coverage == pytest.approx((inner + outer) / parameters)


class Liar(Quantizer):
    """Quantizes nothing, says W4A4."""

    name = "liar"
    version = "1"

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        class QuantizedLinear(nn.Linear):
            weight_bits = activation_bits = 4

        for module in model.modules():
            if type(module) is nn.Linear:
                module.__class__ = QuantizedLinear
        return model


def test_a_method_that_quantizes_nothing_is_found_out(network: nn.Module) -> None:
    found = audit(made(Liar(), network), IMAGES, W4A4)
    assert found.mac_coverage == found.parameter_coverage == 0
    assert found.weight_bits == found.activation_bits == 32
    assert found.granularity == {"weight": "float", "activation": "float"}
    assert found.mismatches[0].startswith("100.0 % of multiply-accumulates exceed W4A4")


def test_too_many_bits_are_found_out(network: nn.Module) -> None:
    found = audit(made(RTNMinMax(), network, Spec(8, 8)), IMAGES, W4A4)
    assert 0 < found.mac_coverage < 0.2  # the edges
    assert len(found.mismatches) == 2


def test_one_layer_left_out_is_named(network: nn.Module) -> None:
    model = made(RTNMinMax(), network)
    model.blocks[1].mlp.fc1.weight_quantizer = nn.Identity()
    (said,) = audit(model, IMAGES, W4A4).mismatches
    assert "blocks.1.mlp.fc1 (A4, W32)" in said


def test_published_repq_vit_has_17_levels_and_no_integer_zero_point(network: nn.Module) -> None:
    said = " ".join(audit(made(RepQViT(published=True), network), IMAGES, W4A4).mismatches)
    assert "(17)" in said
    assert "fractional zero point" in said
    assert audit(made(RepQViT(), network), IMAGES, W4A4).mismatches == ()


@pytest.mark.parametrize(
    ("quantizer", "count"),
    [
        (Logarithmic(4, torch.tensor(1.0)), 16),
        (Logarithmic(4, torch.tensor(1.0), extra_zero=True), 17),
        (Logarithmic(4, torch.tensor(1.0), base=2**0.5, extra_zero=True), 17),
        (TwinUniform(4, torch.tensor(0.01), torch.tensor(0.125), "magnitude"), 15),  # both grids have a zero
        (Uniform.affine(4, torch.tensor(-0.3), torch.tensor(0.45)), 16),
        (Uniform(4, torch.tensor(0.1), torch.tensor(7.1354)), 17),
        (Uniform.symmetric(3, torch.tensor([0.1, 2.0])), 8),
    ],
)
def test_levels_are_counted(quantizer: Logarithmic, count: int) -> None:
    assert levels(quantizer) == count


def test_scales_per_channel_need_folding(network: nn.Module) -> None:
    model = insert(copy.deepcopy(network))
    place_activations(model, IMAGES, W4A4, partial(activation_quantizer, "minmax", PERCENTILE))
    layer = model.blocks[0].mlp.fc2
    layer.input_quantizer = Uniform.symmetric(4, torch.linspace(0.5, 2, 192), granularity="per-channel")
    place_weights(model, W4A4, partial(weight_quantizer, "minmax"))
    found = audit(model, IMAGES, W4A4)
    assert any("blocks.0.mlp.fc2" in said for said in found.mismatches)
    layer.folds = True
    place_weights(model, W4A4, partial(weight_quantizer, "minmax"))
    found = audit(model, IMAGES, W4A4)
    assert found.mismatches == ()
    assert found.granularity["activation"] == "per-channel"


def test_a_layer_that_does_not_do_what_its_integers_do_is_named(network: nn.Module) -> None:
    class Cheating(QuantLinear):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) + 0.1 * x[..., :1]

    model = made(RTNMinMax(), network)
    model.blocks[0].mlp.fc1.__class__ = Cheating
    assert any(
        "differ from what their integers give: blocks.0.mlp.fc1" in each
        for each in audit(model, IMAGES, W4A4).mismatches
    )


def test_a_compensation_is_counted_at_half_precision(network: nn.Module) -> None:
    model = made(Percentile(), network)
    plain = audit(model, IMAGES, W4A4)
    compensate(model.blocks[0], torch.randn(48, 48), torch.zeros(48))
    found = audit(model, IMAGES, W4A4)
    assert found.mac_coverage < 1
    assert "blocks.0.compensation" in found.mismatches[0]
    assert found.size_mb - plain.size_mb == pytest.approx((48 * 48 * 16 + 48 * 32) / 8e6)
