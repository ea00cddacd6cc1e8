"""Linear compensation: the closed form, its guards, and the order in which blocks are repaired."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import timm
import torch
from torch import nn

from suite.plugins.quantization import _compensation
from suite.plugins.quantization._compensation import compensate_blocks, fit_compensation, transformer_blocks
from suite.plugins.quantization._placement import place_weights
from suite.plugins.quantization._ranges import round_to_nearest, weight_quantizer
from suite.tracks.quantization import Spec
from suite.tracks.quantization.fake import insert, remove

TOKENS, WIDTH = 500, 7


def tokens(seed: int = 0) -> torch.Tensor:
    return torch.randn(TOKENS, WIDTH, generator=torch.Generator().manual_seed(seed)) + 0.5


def test_a_linear_residual_is_found_exactly() -> None:
    x, slope, offset = tokens(), torch.randn(WIDTH, WIDTH), torch.randn(WIDTH)
    weight, bias, explained = fit_compensation(x, x @ slope + offset)
    torch.testing.assert_close(weight, slope, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(bias, offset, rtol=1e-5, atol=1e-5)
    assert explained == pytest.approx(1, abs=1e-9)


def test_an_independent_residual_is_hardly_explained() -> None:
    residual = tokens(1) - 0.5
    weight, bias, explained = fit_compensation(tokens(), residual)
    assert 0 <= explained <= 2 * (WIDTH + 1) / TOKENS
    assert weight.abs().max() < 0.2
    assert bias.abs().max() < 0.2


def test_it_is_ridge_regression_with_a_free_intercept() -> None:
    x, residual = tokens().double(), tokens(1).double()
    centred = x - x.mean(0)
    penalty = 0.3 * x.square().sum() / WIDTH
    expected = torch.linalg.solve(
        centred.T @ centred + penalty * torch.eye(WIDTH), centred.T @ (residual - residual.mean(0))
    )
    weight, bias, _ = fit_compensation(x, residual, 0.3)
    torch.testing.assert_close(weight, expected)
    torch.testing.assert_close(bias, residual.mean(0) - x.mean(0) @ expected)


def test_rows_are_summed_over_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    x, residual = tokens(), tokens(1)
    whole = fit_compensation(x, residual)
    monkeypatch.setattr(_compensation, "ROWS", 33)
    for one, other in zip(whole, fit_compensation(x, residual), strict=True):
        torch.testing.assert_close(one, other)


def test_no_residual_is_left_alone() -> None:
    weight, bias, explained = fit_compensation(tokens(), torch.zeros(TOKENS, WIDTH))
    assert not weight.any()
    assert not bias.any()
    assert explained == 0


@pytest.mark.parametrize("degenerate", ["repeated column", "fewer tokens than columns", "constant column"])
def test_a_regression_without_one_solution_falls_back_on_the_ridge(degenerate: str) -> None:
    x, slope = tokens(), torch.randn(WIDTH, WIDTH)
    if degenerate == "repeated column":
        x[:, 1] = x[:, 0]
    elif degenerate == "constant column":
        x[:, 1] = 3
    else:
        x = x[: WIDTH - 2]
    weight, _, explained = fit_compensation(x, x @ slope)
    assert weight.abs().max() < 3 * slope.abs().max()
    assert explained > 0.99


def swin() -> nn.Module:
    torch.manual_seed(0)
    model: nn.Module = timm.create_model(
        "swin_tiny_patch4_window7_224",
        img_size=16,
        patch_size=2,
        in_chans=1,
        num_classes=4,
        window_size=2,
        embed_dim=12,
        depths=(2, 1),
        num_heads=(2, 2),
    )
    return model.eval()


def test_blocks_are_found_by_what_they_hold(digits_vit: Any) -> None:
    model = insert(copy.deepcopy(digits_vit[0]))
    assert [name for name, _ in transformer_blocks(model)] == ["blocks.0", "blocks.1", "blocks.2"]
    found = [name for name, _ in transformer_blocks(insert(swin()))]
    assert found == ["layers.0.blocks.0", "layers.0.blocks.1", "layers.1.blocks.0"]


def test_every_block_of_a_swin_comes_closer_to_the_float_one() -> None:
    reference, images = swin(), torch.randn(20, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    model = insert(copy.deepcopy(reference))
    round_to_nearest(model, images, Spec(3, 3), "minmax")
    compensated, lines = copy.deepcopy(model), list[str]()
    compensate_blocks(compensated, reference, images, log=lines.append)
    assert len(lines) == 3
    errors = []
    for each in (model, compensated):
        with torch.no_grad():
            errors.append((each.forward_features(images) - reference.forward_features(images)).square().mean())
    assert errors[1] < errors[0]
    assert not any(hasattr(module, "compensation") for module in remove(compensated).modules())


def test_a_later_block_is_fitted_on_the_compensated_ones_before(digits_vit: Any) -> None:
    reference, images = digits_vit[:2]
    model = insert(copy.deepcopy(reference))
    round_to_nearest(model, images, Spec(3, 3), "minmax")
    compensate_blocks(model, reference, images)
    with torch.no_grad():
        x = model.norm_pre(model._pos_embed(model.patch_embed(images)))
        for block, exact in zip(model.blocks, reference.blocks, strict=True):
            output = block(x)
            left = exact(x) - output
            # Residuals of a least squares fit with intercept are orthogonal to what it was fitted on, and centred.
            assert left.mean((0, 1)).abs().max() < 1e-3 * left.std()
            assert (x.flatten(0, 1).T @ left.flatten(0, 1) / left.numel()).abs().max() < 1e-3 * left.std()
            x = output


def test_the_reference_decides_what_is_compensated_for(digits_vit: Any) -> None:
    images = digits_vit[1]
    reference = insert(copy.deepcopy(digits_vit[0]))
    round_to_nearest(reference, images, Spec(32, 4), "percentile")
    model, untouched = copy.deepcopy(reference), copy.deepcopy(reference)
    compensate_blocks(untouched, reference, images)
    assert not any(hasattr(block, "compensation") for block in untouched.blocks)
    place_weights(model, Spec(4, 4), lambda weight, bits: weight_quantizer("percentile", weight, bits))
    compensate_blocks(model, reference, images)
    assert all(hasattr(block, "compensation") for block in model.blocks)
