"""Uniform fake-quantization: affine or symmetric, with fixed, dynamic or learned scales.

A code is ``clamp(round(x / scale) + zero_point, low, high)``, ties to even, and stands for ``(code - zero_point) *
scale``. Scales broadcast against the input, so their shape is the granularity.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.quantizer import SMALLEST_SCALE, FakeQuantizer, Granularity, checked


def code_range(bits: int, signed: bool) -> tuple[int, int]:
    """Return the least and the greatest code: (-8, 7) for 4 signed bits, (0, 15) for 4 others.

    One signed bit has codes -1 and 0, with nothing to stand for positive values; so signed codes need two.

    Raises:
        ValueError: there are fewer than 2 signed bits.
    """
    if not signed:
        return 0, 2**bits - 1
    if bits < 2:
        raise ValueError(f"signed codes need at least 2 bits, not {bits}")
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


class Uniform(FakeQuantizer):
    """Fixed scales. ``zero_point`` may be fractional, as some published quantizers have it; the audit flags that.

    ``group`` splits the last dimension into groups of that length; scales then have shape [..., groups, 1].
    """

    scale: Tensor
    zero_point: Tensor

    def __init__(
        self,
        bits: int,
        scale: Tensor,
        zero_point: Tensor | None = None,
        *,
        signed: bool = False,
        granularity: Granularity = "per-tensor",
        group: int | None = None,
    ) -> None:
        super().__init__(bits, granularity)
        self.low, self.high = code_range(bits, signed)
        self.group = group
        self.register_buffer("scale", checked(scale))
        self.register_buffer("zero_point", torch.zeros(()) if zero_point is None else zero_point.detach())

    @classmethod
    def symmetric(cls, bits: int, limit: Tensor, **how: Any) -> Uniform:
        """Return the quantizer whose greatest code stands for ``limit``, a positive tensor that broadcasts."""
        greatest = code_range(bits, signed=True)[1]
        return cls(bits, limit / greatest, signed=True, **how)

    @classmethod
    def affine(cls, bits: int, low: Tensor, high: Tensor, **how: Any) -> Uniform:
        """Return the quantizer whose codes 0 and ``2 ** bits - 1`` stand for about ``low`` and ``high``."""
        scale = checked((high - low) / (2**bits - 1))
        return cls(bits, scale, torch.round(-low / scale), **how)

    def settings(self) -> dict[str, Any]:
        """Return the arguments that are no tensors."""
        return {"bits": self.bits, "signed": self.low < 0, "granularity": self.granularity, "group": self.group}

    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``, of its shape."""
        grouped = self._grouped(x)
        return (grouped / self.scale).round_().add_(self.zero_point).clamp_(self.low, self.high).reshape(x.shape)

    def values(self, codes: Tensor) -> Tensor:
        """Return what codes stand for."""
        return ((self._grouped(codes) - self.zero_point) * self.scale).reshape(codes.shape)

    def forward(self, x: Tensor) -> Tensor:
        """Return the fake-quantized ``x``; the gradient is 1 within the range and 0 outside."""
        grouped = self._grouped(x)
        quantized: Tensor = _FakeQuantize.apply(grouped, self.scale, self.zero_point, self.low, self.high)
        return quantized.reshape(x.shape)

    def at(self, index: int) -> Uniform:
        """Return the quantizer that a single one of the scales makes, by its place among all."""
        zero_points = self.zero_point.expand_as(self.scale)
        return Uniform(self.bits, self.scale.flatten()[index], zero_points.flatten()[index], signed=self.low < 0)

    def sweep(self) -> Tensor:
        """Return inputs [M] that cover every code of the largest and the smallest scale, and both sides beyond.

        As many for any zero point: those of values that are all alike are huge.
        """
        width = self.high - self.low + 1
        codes = torch.linspace(self.low - width, self.high + width, 48 * width + 1)
        scales, zeros = ((float(each.min()), float(each.max())) for each in (self.scale, self.zero_point))
        return torch.cat([(codes - zero) * scale for scale in scales for zero in zeros])

    def _grouped(self, x: Tensor) -> Tensor:
        return x if self.group is None else x.reshape(*x.shape[:-1], -1, self.group)


class PerToken(FakeQuantizer):
    """Symmetric, with a scale for each vector along the last dimension, found from that vector alone."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits, "per-token")
        self.low, self.high = code_range(bits, signed=True)

    def scale_of(self, x: Tensor) -> Tensor:
        """Return the scales [..., 1] of ``x`` [..., D]."""
        return (x.abs().amax(dim=-1, keepdim=True) / self.high).clamp(min=SMALLEST_SCALE)

    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``; without its scales they stand for nothing."""
        return (x / self.scale_of(x)).round_().clamp_(self.low, self.high)

    def values(self, codes: Tensor) -> Tensor:
        """Return the codes themselves: their scales are not kept."""
        return codes

    def forward(self, x: Tensor) -> Tensor:
        """Return the fake-quantized ``x``; the scales have no gradient."""
        scale = self.scale_of(x.detach())
        quantized: Tensor = _FakeQuantize.apply(x, scale, torch.zeros(()), self.low, self.high)
        return quantized


class Learned(FakeQuantizer):
    """LSQ: symmetric, with scales learned as their logarithm, so that no step can turn one negative.

    Source: Esser et al. 2019, gradient of section 2.1 scaled by ``1 / sqrt(n high)`` with n the number of elements
    that share a scale.
    """

    def __init__(
        self, bits: int, scale: Tensor, *, signed: bool = True, granularity: Granularity = "per-tensor"
    ) -> None:
        super().__init__(bits, granularity)
        self.low, self.high = code_range(bits, signed)
        self.log_scale = nn.Parameter(checked(scale).log())

    @property
    def scale(self) -> Tensor:
        """The scales."""
        return self.log_scale.exp()

    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``, of its shape."""
        return (x / self.scale).round().clamp(self.low, self.high)

    def values(self, codes: Tensor) -> Tensor:
        """Return what codes stand for."""
        return codes * self.scale

    def forward(self, x: Tensor) -> Tensor:
        """Return the fake-quantized ``x`` with LSQ's gradients."""
        return lsq(x, self.scale, self.low, self.high)

    def frozen(self) -> Uniform:
        """Return the same quantizer with its scales fixed."""
        return Uniform(self.bits, self.scale, signed=self.low < 0, granularity=self.granularity)

    def sweep(self) -> Tensor:
        """Return inputs [M] that reach every code of the first scale."""
        return self.frozen().sweep()


def lsq(x: Tensor, scale: Tensor, low: int, high: int) -> Tensor:
    """Return the fake-quantized ``x``; the gradient of ``scale`` is LSQ's, scaled."""
    gradient_scale = 1 / math.sqrt(x.numel() / scale.numel() * high)
    scaled = _ScaleGradient.apply(scale, gradient_scale)
    quantized: Tensor = _FakeQuantize.apply(x, scaled, torch.zeros(()), low, high)
    return quantized


class _FakeQuantize(torch.autograd.Function):
    """The forward pass of the module's docstring; gradients as in LSQ, equations 2 and 3."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, zero_point: Tensor, low: int, high: int) -> Tensor:
        steps = x / scale
        ctx.low, ctx.high = low - zero_point, high - zero_point
        if any(ctx.needs_input_grad[:2]):
            ctx.save_for_backward(steps, scale)
            steps = steps.clone()
        return steps.round_().add_(zero_point).clamp_(low, high).sub_(zero_point).mul_(scale)

    @staticmethod
    def backward(ctx: Any, *outputs: Any) -> tuple[Tensor | None, Tensor | None, None, None, None]:
        (gradient,) = outputs
        steps, scale = ctx.saved_tensors
        inside = (steps >= ctx.low) & (steps <= ctx.high)
        of_x = gradient * inside if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return of_x, None, None, None, None
        slope = torch.where(inside, steps.round() - steps, steps.clamp(ctx.low, ctx.high))
        return of_x, (gradient * slope).sum_to_size(scale.shape), None, None, None


class _ScaleGradient(torch.autograd.Function):
    """The identity, whose gradient is scaled."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *outputs: Any) -> tuple[Tensor, None]:
        return outputs[0] * ctx.factor, None
