"""RepQ-ViT: the reparameterisation changes no function, and its quantizers have the levels that they claim."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import timm
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.quantization.repq_vit import RepQViT, affine, log_sqrt2, per_channel, weight_quantizer
from suite.tracks.quantization import Calibration, Spec
from suite.tracks.quantization.fake import Logarithmic, Uniform, activation_sites, remove, weight_sites


def swin(window: int) -> nn.Module:
    torch.manual_seed(0)
    model: nn.Module = timm.create_model(
        "swin_tiny_patch4_window7_224",
        img_size=16,
        patch_size=2,
        in_chans=1,
        num_classes=4,
        window_size=window,
        embed_dim=12,
        depths=(2, 1),
        num_heads=(2, 2),
    )
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):  # as training leaves them
            nn.init.uniform_(module.weight, 0.2, 2)
            nn.init.normal_(module.bias)
    return model.eval()


def quantized(model: nn.Module, images: Tensor, spec: Spec, **parameters: Any) -> nn.Module:
    return RepQViT(**parameters).quantize(copy.deepcopy(model), Calibration(images), spec, Context(seed=0))


@pytest.mark.parametrize("published", [False, True])
def test_without_its_quantizers_the_network_is_what_it_was(published: bool, digits_vit: Any) -> None:
    model, images, test, _ = digits_vit
    latent = remove(quantized(model, images, Spec(4, 4), published=published))
    assert not torch.equal(latent.blocks[0].norm1.weight, model.blocks[0].norm1.weight)
    with torch.no_grad():
        torch.testing.assert_close(latent(test), model(test), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("window", "moved"), [(2, 7), (3, 4)])
def test_windows_and_mergers_of_a_swin_keep_its_function(window: int, moved: int) -> None:
    # Windows of 3 pad a map of 8: zeros that no shift reaches, so qkv is left out.
    model, images = swin(window), torch.randn(8, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    lines: list[str] = []
    changed = RepQViT().quantize(
        copy.deepcopy(model), Calibration(images), Spec(4, 4), Context(seed=0, log=lines.append)
    )
    assert lines == [f"layers with reparameterised inputs: {moved}"]
    with torch.no_grad():
        torch.testing.assert_close(remove(changed)(images), model(images), rtol=1e-4, atol=1e-4)


def test_one_scale_for_all_channels_gives_the_codes_of_one_for_each(digits_vit: Any) -> None:
    model, images, _, _ = digits_vit
    changed = quantized(model, images, Spec(32, 4))
    with torch.no_grad():
        x = model.norm_pre(model._pos_embed(model.patch_embed(images)))
        before, after = model.blocks[0].norm1(x), changed.blocks[0].norm1(x)
    scale, zero_point = per_channel(before.flatten(0, -2), 4)
    layer = changed.blocks[0].attn.qkv
    assert layer.input_quantizer.scale.ndim == 0
    differing = layer.input_quantizer.codes(after) != Uniform(4, scale, zero_point).codes(before)
    assert differing.float().mean() < 1e-3  # values between two codes, to rounding
    restored = layer.quantized_weight() @ layer.input_quantizer(after)[0, 0] + layer.bias
    exact = model.blocks[0].attn.qkv(Uniform(4, scale, zero_point)(before)[0, 0])
    torch.testing.assert_close(restored, exact, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("published", "levels"), [(False, 16), (True, 17)])
def test_only_as_published_there_is_a_level_too_many(published: bool, levels: int, digits_vit: Any) -> None:
    changed = quantized(*digits_vit[:2], Spec(4, 4), published=published)
    attention = changed.blocks[1].attn
    softmax = attention.products[1].left_quantizer
    assert len(softmax(softmax.sweep()).unique()) == levels
    zero_point = attention.qkv.input_quantizer.zero_point
    assert bool(zero_point == zero_point.round()) is not published


def test_every_site_is_quantized(digits_vit: Any) -> None:
    changed = quantized(*digits_vit[:2], Spec(4, 6))
    for site in weight_sites(changed):
        assert site.quantizer.bits == (8 if site.edge else 4), site.name
    for site in activation_sites(changed):
        assert site.quantizer.bits == (8 if site.edge else 6), site.name
        assert site.quantizer.granularity == "per-tensor"


def test_with_float_activations_nothing_is_reparameterised(digits_vit: Any) -> None:
    model, images, _, _ = digits_vit
    changed = quantized(model, images, Spec(4, 32))
    assert torch.equal(changed.blocks[0].norm1.weight, model.blocks[0].norm1.weight)


def test_at_eight_bits_predictions_stay(digits_vit: Any) -> None:
    model, images, test, _ = digits_vit
    with torch.no_grad():
        same = quantized(model, images, Spec(8, 8))(test).argmax(1) == model(test).argmax(1)
    assert same.float().mean() > 0.97


def test_worked_weight() -> None:
    row = torch.tensor([[-0.3, -0.1, 0.0, 0.2, 0.45]])
    quantizer = weight_quantizer(row, 4)
    assert float(quantizer.scale) == pytest.approx(0.05, rel=1e-3)
    assert float(quantizer.zero_point) == 6
    torch.testing.assert_close(quantizer(row), row, rtol=1e-3, atol=1e-3)


def test_an_outlier_is_clipped_where_that_loses_less() -> None:
    rows = torch.randn(2, 20_000, generator=torch.Generator().manual_seed(0))
    rows[1, 0] = 100.0
    widest = Uniform.affine(4, rows.amin(1, keepdim=True), rows.amax(1, keepdim=True))
    errors = [(each(rows) - rows).square().mean(dim=1) for each in (affine(rows, 4), widest)]
    assert errors[0][1] < 0.7 * errors[1][1]
    assert errors[0][0] <= errors[1][0]


def test_a_channel_that_never_changes_keeps_its_value() -> None:
    x = torch.randn(500, 6, generator=torch.Generator().manual_seed(0))
    x[:, 2] = 0.7
    scale, zero_point = per_channel(x, 4)
    assert scale.min() >= 0.9e-3 * scale.mean()
    torch.testing.assert_close(Uniform(4, scale, zero_point)(x)[:, 2], x[:, 2], rtol=0, atol=float(scale[2]))


def test_the_log_grid_is_scaled_for_the_least_squared_error() -> None:
    sample = torch.rand(50_000, generator=torch.Generator().manual_seed(0)) ** 8
    chosen = log_sqrt2(sample, 4, extra_zero=False)
    scales = {float(sample.quantile(p)) for p in (0.999, 0.9999, 0.99999)}
    assert float(chosen.scale) in scales
    errors = [(Logarithmic(4, torch.tensor(scale), 2**0.5)(sample) - sample).square().mean() for scale in scales]
    assert (chosen(sample) - sample).square().mean() == min(errors)
