"""Our quantizers beside torch's, torchao's and brevitas', away from ties, which they break at another float."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake import Learned, PerToken, Uniform

bit_widths = pytest.mark.parametrize("bits", range(2, 9))
A_SCALE, A_ZERO = 0.0371, 3  # a scale that is no power of 2


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def off_ties(x: Tensor, scale: Tensor) -> Tensor:
    """Return where ``x`` lies clear of the middle between two levels."""
    steps = x / scale
    clear = (steps - steps.floor() - 0.5).abs() > 1e-3
    assert clear.float().mean() > 0.95
    return clear


def between(steps: Tensor, ours: Uniform | Learned) -> Tensor:
    """Return where a value is outside of the range and, once rounded, inside.

    There torch has the gradients of what is inside, ours those of what is outside, as in LSQ.
    """
    return (steps < ours.low) & (steps > ours.low - 0.5) | (steps > ours.high) & (steps < ours.high + 0.5)


def agree(ours: Tensor, theirs: Tensor, clear: Tensor) -> None:
    torch.testing.assert_close(ours[clear], theirs[clear], rtol=1e-6, atol=1e-7)


@bit_widths
@pytest.mark.parametrize("signed", [False, True])
def test_torch_per_tensor(bits: int, signed: bool) -> None:
    ours = Uniform(bits, torch.tensor(A_SCALE), None if signed else torch.tensor(float(A_ZERO)), signed=signed)
    x, same, upstream = values(4000).requires_grad_(), values(4000).requires_grad_(), values(4000, seed=1)
    theirs = torch.fake_quantize_per_tensor_affine(same, A_SCALE, 0 if signed else A_ZERO, ours.low, ours.high)
    clear = off_ties(x.detach(), ours.scale)
    agree(ours(x), theirs, clear)
    ours(x).backward(upstream)
    theirs.backward(upstream)
    assert x.grad is not None
    assert same.grad is not None
    apart = between(x.detach() / ours.scale + ours.zero_point, ours)
    assert torch.equal(x.grad[clear & ~apart], same.grad[clear & ~apart])
    assert (x.grad[apart] == 0).all()


@bit_widths
def test_torch_per_channel(bits: int) -> None:
    weight = values(6, 50) * torch.logspace(-2, 1, 6)[:, None]
    ours = Uniform.affine(bits, *weight.aminmax(dim=1, keepdim=True), granularity="per-channel")
    scale, zero_point = ours.scale.flatten(), ours.zero_point.flatten().to(torch.int32)
    theirs = torch.fake_quantize_per_channel_affine(weight, scale, zero_point, 0, ours.low, ours.high)
    agree(ours(weight), theirs, off_ties(weight, ours.scale))


@bit_widths
def test_torch_learns_scales_by_the_same_gradient(bits: int) -> None:
    x, learned = values(4000), Learned(bits, torch.tensor(A_SCALE))
    upstream = values(4000, seed=1) * ~between(x / A_SCALE, learned)
    learned(x).backward(upstream)
    scale, zero_point = torch.tensor([A_SCALE], requires_grad=True), torch.zeros(1)
    factor = (len(x) * learned.high) ** -0.5
    theirs = torch._fake_quantize_learnable_per_tensor_affine(
        x, scale, zero_point, learned.low, learned.high, grad_factor=factor
    )
    theirs.backward(upstream)
    assert scale.grad is not None
    assert learned.log_scale.grad is not None
    assert float(learned.log_scale.grad) == pytest.approx(float(scale.grad) * A_SCALE, rel=1e-3)


SHAPES = {
    "per-tensor": ((4, 64), lambda x: x.aminmax()),
    "per-channel": ((1, 64), lambda x: x.aminmax(dim=1, keepdim=True)),
    "per-group": ((1, 16), lambda x: x.reshape(4, 4, 16).aminmax(dim=2, keepdim=True)),
}


@bit_widths
@pytest.mark.parametrize("granularity", SHAPES)
@pytest.mark.parametrize("symmetric", [False, True])
def test_torchao(bits: int, granularity: str, symmetric: bool) -> None:
    pytest.importorskip("torchao", reason="torchao is not installed")
    from torchao.quantization.quant_primitives import (
        MappingType,
        choose_qparams_affine,
        dequantize_affine,
        quantize_affine,
    )

    x = values(4, 64) * torch.logspace(-1, 1, 4)[:, None]
    block, extremes = SHAPES[granularity]
    low, high = extremes(x)
    how = {"granularity": granularity, "group": 16 if granularity == "per-group" else None}
    if symmetric:
        ours = Uniform.symmetric(bits, torch.maximum(-low, high), **how)
        grid = {"quant_min": -ours.high, "quant_max": ours.high}  # theirs divides by half of all steps, ours by 7 of 15
        mapping, dtype = MappingType.SYMMETRIC, torch.int8
    else:
        ours = Uniform.affine(bits, low, high, **how)
        grid = {"quant_min": ours.low, "quant_max": ours.high}
        mapping, dtype = MappingType.ASYMMETRIC, torch.uint8
    scale, zero_point = choose_qparams_affine(x, mapping, block, dtype, **grid)
    torch.testing.assert_close(scale.flatten(), ours.scale.flatten(), rtol=1e-6, atol=0)
    assert torch.equal(zero_point.flatten(), ours.zero_point.expand(ours.scale.shape).flatten())
    codes = quantize_affine(x, block, scale, zero_point, dtype, **grid)
    clear = off_ties(x.reshape(*ours.scale.shape[:-1], -1), ours.scale).reshape(x.shape)
    assert torch.equal(codes[clear].float(), ours.codes(x)[clear])
    agree(ours(x), dequantize_affine(codes, block, scale, zero_point, dtype, **grid), clear)


@bit_widths
def test_torchao_per_token(bits: int) -> None:
    pytest.importorskip("torchao", reason="torchao is not installed")
    from torchao.quantization.quant_primitives import MappingType, choose_qparams_affine, quantize_affine

    x, ours = values(2, 5, 64), PerToken(bits)
    grid = {"quant_min": -ours.high, "quant_max": ours.high}
    scale, zero_point = choose_qparams_affine(x, MappingType.SYMMETRIC, (1, 1, 64), torch.int8, **grid)
    torch.testing.assert_close(scale.reshape(2, 5, 1), ours.scale_of(x), rtol=1e-6, atol=0)
    codes = quantize_affine(x, (1, 1, 64), scale, zero_point, torch.int8, **grid)
    clear = off_ties(x, ours.scale_of(x))
    assert torch.equal(codes[clear].float(), ours.codes(x)[clear])


@pytest.mark.parametrize("bits", [3, 4, 6, 8])
@pytest.mark.parametrize("granularity", ["per-tensor", "per-channel"])
def test_brevitas_weights(bits: int, granularity: str) -> None:
    pytest.importorskip("brevitas", reason="brevitas is not installed")
    from brevitas.nn import QuantLinear
    from brevitas.quant import Int8WeightPerChannelFloat, Int8WeightPerTensorFloat

    kind = Int8WeightPerTensorFloat if granularity == "per-tensor" else Int8WeightPerChannelFloat
    layer = QuantLinear(64, 6, bias=True, weight_quant=kind, weight_bit_width=bits)
    layer.weight.data = values(6, 64) * torch.logspace(-2, 1, 6)[:, None]
    weight = layer.weight.detach()
    limit = weight.abs().max() if granularity == "per-tensor" else weight.abs().amax(dim=1, keepdim=True)
    ours, theirs = Uniform.symmetric(bits, limit), layer.quant_weight()
    torch.testing.assert_close(ours.scale, theirs.scale.detach().reshape(ours.scale.shape), rtol=1e-6, atol=0)
    clear = off_ties(weight, ours.scale) if granularity == "per-channel" else torch.ones_like(weight, dtype=torch.bool)
    assert torch.equal(ours.codes(weight)[clear], theirs.int().float()[clear])
    assert int(ours.codes(weight).min()) >= -ours.high, "within their narrow range, which has no -8"
    agree(ours(weight), theirs.value.detach(), clear)
    x = values(3, 64, seed=2)
    torch.testing.assert_close(
        layer(x).detach(), nn.functional.linear(x, ours(weight), layer.bias.detach()), rtol=1e-4, atol=1e-4
    )
