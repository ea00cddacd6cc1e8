"""What every fake-quantizer promises: codes, values of the codes, and gradients as if it were not there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import torch
from torch import Tensor, nn

SMALLEST_SCALE = 1e-8
MOST_BITS = 16
"""Of a code: integers are held as floats, and the audit goes through every one of them."""

Granularity = Literal["per-tensor", "per-head", "per-channel", "per-token", "per-group"]


class FakeQuantizer(nn.Module, ABC):
    """Maps floats to codes and back to the floats that the codes stand for.

    Attributes:
        bits: what a code takes; an honest quantizer has at most ``2 ** bits`` codes for each of its scales.
        granularity: what shares a scale.
    """

    def __init__(self, bits: int, granularity: Granularity = "per-tensor") -> None:
        super().__init__()
        if not 1 <= bits <= MOST_BITS:
            raise ValueError(f"a quantizer has 1 to {MOST_BITS} bits, not {bits}. To keep floats, use no quantizer")
        self.bits = bits
        self.granularity: Granularity = granularity

    @abstractmethod
    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``, of its shape, integers held as floats."""

    @abstractmethod
    def values(self, codes: Tensor) -> Tensor:
        """Return what codes stand for."""

    def settings(self) -> dict[str, Any]:
        """Return the arguments that are no tensors, as plain data: with the buffers, they make the quantizer anew."""
        return {"bits": self.bits}

    def forward(self, x: Tensor) -> Tensor:
        """Return ``values(codes(x))``; the gradient passes straight through."""
        quantized = self.values(self.codes(x.detach()))
        if torch.is_grad_enabled() and x.requires_grad:
            quantized = _StraightThrough.apply(x, quantized)
        return quantized

    def sweep(self) -> Tensor:
        """Return inputs [M] that reach every code, to count levels by."""
        logarithmic = torch.logspace(-12, 6, 4001)
        return torch.cat([-logarithmic.flip(0), torch.zeros(1), logarithmic, torch.linspace(-8, 8, 16001)])


def checked(scale: Tensor) -> Tensor:
    """Return scales as they can be divided by: detached, and 0 (of values that are all alike) made a little larger.

    Raises:
        ValueError: one is negative or not finite, as after values that were not.
    """
    scale = scale.detach()
    if not (torch.isfinite(scale) & (scale >= 0)).all():
        raise ValueError("the scales of a quantizer must be finite and not negative. Check that its data is finite")
    return scale.clamp(min=SMALLEST_SCALE)


def checked_single(scale: Tensor) -> Tensor:
    """Return `checked` as a scalar, for quantizers that look values up in one table.

    Raises:
        ValueError: there is more than one scale.
    """
    if scale.numel() != 1:
        raise ValueError(f"this quantizer needs one scale for all values. Got shape {list(scale.shape)}")
    return checked(scale).reshape(())


class _StraightThrough(torch.autograd.Function):
    """What is quantized, to the last bit (``x + (quantized - x)`` is not), with the gradient of ``x``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, quantized: Tensor) -> Tensor:
        return quantized.view_as(quantized)

    @staticmethod
    def backward(ctx: Any, *outputs: Any) -> tuple[Tensor, None]:
        return outputs[0], None
