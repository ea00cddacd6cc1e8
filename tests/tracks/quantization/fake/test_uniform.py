"""Uniform quantizers: published values, granularities, gradients."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from suite.tracks.quantization.fake import Learned, PerToken, Uniform, code_range, lsq

bit_widths = st.integers(2, 8)
inputs = st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=40).map(torch.tensor)
seeds = st.integers(0, 2**32 - 1)


def rows(seed: int, *shape: int) -> Tensor:
    """Return normal values whose rows differ in size."""
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.logspace(-2, 2, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    return torch.randn(shape, generator=generator) * sizes


def test_lsq_has_the_published_values_and_gradients() -> None:
    x = torch.tensor([-1.0, 0.2, 0.5, 3.0], requires_grad=True)
    scale = torch.tensor(0.25, requires_grad=True)
    quantized = lsq(x, scale, *code_range(4, signed=True))
    quantized.sum().backward()
    assert quantized.tolist() == [-1.0, 0.25, 0.5, 1.75]
    assert x.grad is not None
    assert x.grad.tolist() == [1, 1, 1, 0]
    assert scale.grad is not None
    assert float(scale.grad) == pytest.approx(7.2 / math.sqrt(4 * 7), abs=1e-6) == pytest.approx(1.360672, abs=1e-6)


def test_each_elements_part_of_the_scales_gradient() -> None:
    parts = []
    for value in (-1.0, 0.2, 0.5, 3.0, -9.0):
        scale = torch.tensor(0.25, requires_grad=True)
        lsq(torch.tensor([value]), scale, -8, 7).sum().backward()
        assert scale.grad is not None
        parts.append(float(scale.grad) * math.sqrt(7))
    assert parts == pytest.approx([0, 0.2, 0, 7, -8], abs=1e-5)


def test_asymmetric_min_max_has_the_published_grid() -> None:
    weights = torch.tensor([-0.3, -0.1, 0, 0.2, 0.45])
    quantizer = Uniform.affine(4, weights.min(), weights.max())
    assert float(quantizer.scale) == pytest.approx(0.05)
    assert float(quantizer.zero_point) == 6
    torch.testing.assert_close(quantizer(weights), weights)


@given(bits=bit_widths, x=inputs)
def test_the_error_is_at_most_half_a_step_within_the_range(bits: int, x: Tensor) -> None:
    for quantizer in (
        Uniform.symmetric(bits, torch.tensor(3.0)),
        Uniform.affine(bits, torch.tensor(-3), torch.tensor(3.0)),
    ):
        ends = quantizer.values(torch.tensor([quantizer.low, quantizer.high]))
        inside = x.clamp(*ends.tolist())
        assert ((quantizer(inside) - inside).abs() <= quantizer.scale * (0.5 + 1e-5)).all()
        assert torch.equal(quantizer(x), quantizer(inside))


@given(bits=bit_widths, seed=seeds, signed=st.booleans())
def test_channels_that_share_a_scale_are_as_one_tensor(bits: int, seed: int, signed: bool) -> None:
    x = rows(seed, 4, 6)
    scale, zero = torch.tensor(0.1), torch.tensor(0.0 if signed else 3.0)
    one = Uniform(bits, scale, zero, signed=signed)
    many = Uniform(bits, scale.expand(4, 1), zero.expand(4, 1), signed=signed, granularity="per-channel")
    assert torch.equal(one(x), many(x))
    assert torch.equal(one.codes(x), many.codes(x))


@given(bits=bit_widths, seed=seeds)
def test_channels_are_quantized_apart(bits: int, seed: int) -> None:
    x = rows(seed, 4, 6)
    low, high = x.aminmax(dim=1, keepdim=True)
    alone = [Uniform.affine(bits, row.min(), row.max())(row) for row in x]
    assert torch.equal(Uniform.affine(bits, low, high, granularity="per-channel")(x), torch.stack(alone))


@given(bits=bit_widths, seed=seeds, shape=st.sampled_from([(3, 12), (2, 3, 8)]))
def test_groups_are_channels_of_their_own(bits: int, seed: int, shape: tuple[int, ...]) -> None:
    x = rows(seed, *shape)
    groups = x.reshape(-1, 4)
    limits = groups.abs().amax(dim=1, keepdim=True)
    of_groups = Uniform.symmetric(bits, limits, granularity="per-channel")
    grouped = Uniform.symmetric(bits, limits.reshape(*shape[:-1], -1, 1), granularity="per-group", group=4)
    assert torch.equal(grouped(x), of_groups(groups).reshape(shape))
    assert torch.equal(grouped.codes(x), of_groups.codes(groups).reshape(shape))
    assert torch.equal(grouped.values(grouped.codes(x)), grouped(x))


@given(bits=bit_widths, seed=seeds, power=st.integers(-6, 6))
def test_a_tokens_size_does_not_matter_to_its_codes(bits: int, seed: int, power: int) -> None:
    quantizer, x = PerToken(bits), rows(seed, 5, 8)
    sizes = 2.0 ** (power * torch.tensor([-1, 0, 1, 2, 0.0])[:, None])  # of two, which floats multiply by exactly
    assert torch.equal(quantizer(x * sizes), quantizer(x) * sizes)
    assert torch.equal(quantizer.codes(x * sizes), quantizer.codes(x))


@given(bits=bit_widths, seed=seeds)
def test_tokens_are_quantized_apart_up_to_their_largest_value(bits: int, seed: int) -> None:
    x = rows(seed, 2, 3, 8)
    alone = torch.stack([Uniform.symmetric(bits, token.abs().max())(token) for token in x.flatten(0, 1)])
    quantizer = PerToken(bits)
    assert torch.equal(quantizer(x), alone.reshape(x.shape))
    assert torch.equal(quantizer(x), quantizer.codes(x) * quantizer.scale_of(x))
    torch.testing.assert_close(quantizer(x).abs().amax(-1), x.abs().amax(-1))
    torch.testing.assert_close(quantizer(quantizer(x)), quantizer(x))


@pytest.mark.parametrize("zero_point", [None, 6.0, 7.1354], ids=["symmetric", "affine", "fractional"])
def test_the_gradient_is_one_inside_and_zero_outside(zero_point: float | None) -> None:
    zero = None if zero_point is None else torch.tensor(zero_point)
    quantizer = Uniform(4, torch.tensor(0.5), zero, signed=zero is None)
    low, high = (0.5 * (end - (zero_point or 0)) for end in (quantizer.low, quantizer.high))
    x = torch.tensor([low - 9, low - 0.01, low + 0.01, 0, high - 0.01, high + 0.01, high + 9], requires_grad=True)
    upstream = torch.arange(1.0, 8.0)
    quantizer(x).backward(upstream)
    assert x.grad is not None
    assert x.grad.tolist() == [0, 0, 3, 4, 5, 0, 0]


def test_tokens_pass_every_gradient() -> None:
    x = torch.randn(3, 8, requires_grad=True)
    upstream = torch.randn(3, 8)
    PerToken(3)(x).backward(upstream)
    assert x.grad is not None
    assert torch.equal(x.grad, upstream)


def test_a_fractional_zero_point_gives_a_level_more_than_codes() -> None:
    """RepQ-ViT's after its reparameterisation, as published: the audit is there to find it."""
    quantizer = Uniform(4, torch.tensor(0.5), torch.tensor(7.1354))
    assert quantizer(quantizer.sweep()).unique().numel() == 17


@pytest.mark.parametrize("shape", [(), (6,), (4, 1)], ids=["per-tensor", "per-column", "per-row"])
def test_the_logarithms_gradient_is_the_scale_times_lsqs(shape: tuple[int, ...]) -> None:
    x, upstream = rows(0, 4, 6), rows(1, 4, 6)
    scale = torch.full(shape, 0.3).add_(torch.arange(math.prod(shape)).reshape(shape)).requires_grad_()
    learned = Learned(4, scale)
    quantized = learned(x)
    quantized.backward(upstream)
    plain = learned.scale.detach().requires_grad_()
    lsq(x, plain, -8, 7).backward(upstream)
    assert plain.grad is not None
    assert learned.log_scale.grad is not None
    torch.testing.assert_close(learned.log_scale.grad, plain.detach() * plain.grad)


def test_each_scale_of_a_channel_counts_its_own_elements() -> None:
    x = rows(0, 4, 6)
    together = Learned(4, torch.full((4, 1), 0.3), granularity="per-channel")
    together(x).sum().backward()
    for row, gradient in zip(x, together.log_scale.grad, strict=True):
        alone = Learned(4, torch.tensor(0.3))
        alone(row).sum().backward()
        assert float(alone.log_scale.grad) == pytest.approx(float(gradient), rel=1e-5)


@given(bits=bit_widths, x=inputs)
def test_frozen_scales_quantize_alike(bits: int, x: Tensor) -> None:
    learned = Learned(bits, torch.tensor(0.37))
    frozen = learned.frozen()
    assert torch.equal(frozen(x), learned(x))
    assert torch.equal(frozen.codes(x), learned.codes(x))
    assert frozen.granularity == learned.granularity
    assert not list(frozen.parameters())


def test_no_step_turns_a_scale_negative() -> None:
    learned = Learned(4, torch.tensor(0.01))
    learned(torch.full((10_000,), 5.0)).sum().backward()
    with torch.no_grad():
        step = 0.02 * learned.log_scale.grad
        assert step > learned.scale, "a step that would make a plain scale negative"
        learned.log_scale -= step
        assert learned.scale > 0


def test_values_that_are_all_alike_stay_so_and_are_swept_in_bounds() -> None:
    quantizer = Uniform.affine(8, torch.tensor(0.3), torch.tensor(0.3))
    torch.testing.assert_close(quantizer(torch.full((4,), 0.3)), torch.full((4,), 0.3))
    assert abs(float(quantizer.zero_point)) > 1e7
    assert len(quantizer.sweep()) < 100_000


def test_ranges_turned_around_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Uniform.affine(4, torch.tensor(1.0), torch.tensor(-1.0))
    with pytest.raises(ValueError, match="at least 2 bits, not 1"):
        code_range(1, signed=True)
