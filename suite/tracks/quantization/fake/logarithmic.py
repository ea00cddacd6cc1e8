"""Fake-quantizers with uneven levels: logarithmic ones for softmax outputs, and twin uniform ones."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from suite.tracks.quantization.fake.quantizer import FakeQuantizer, checked_single


class Logarithmic(FakeQuantizer):
    """Levels ``scale * base ** -code`` for inputs above ``-offset``; the last code stands for zero.

    With ``extra_zero``, as published, the zero is a level besides the ``2 ** bits`` powers: 17 levels at 4 bits.

    Attributes:
        base: 2 (log2), the root of 2 (RepQ-ViT), or any above 1 (AdaLog).
        offset: added before the logarithm and taken off after, for inputs that are a little negative (GELU's).
    """

    scale: Tensor

    def __init__(
        self, bits: int, scale: Tensor, base: float = 2.0, *, offset: float = 0.0, extra_zero: bool = False
    ) -> None:
        super().__init__(bits)
        if base <= 1:
            raise ValueError(f"the base of a logarithmic quantizer must be above 1. Got {base}")
        self.base, self.offset, self.extra_zero = base, offset, extra_zero
        self.register_buffer("scale", checked_single(scale))

    @property
    def zero_code(self) -> int:
        """The code that stands for zero."""
        levels: int = 2**self.bits
        return levels if self.extra_zero else levels - 1

    def settings(self) -> dict[str, Any]:
        """Return the arguments that are no tensors."""
        return {"bits": self.bits, "base": self.base, "offset": self.offset, "extra_zero": self.extra_zero}

    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``, of its shape."""
        relative = ((x + self.offset) / self.scale).clamp(min=0)  # the logarithm of 0 is beyond every code
        return (-relative.log2() / math.log2(self.base)).round_().clamp_(0, self.zero_code)

    def values(self, codes: Tensor) -> Tensor:
        """Return what codes stand for."""
        return self._table(codes).take(codes.to(torch.int64))

    def sweep(self) -> Tensor:
        """Return inputs [M] that reach every code, and beyond both ends."""
        codes = torch.linspace(-2, self.zero_code + 2, 16 * (self.zero_code + 4) + 1)
        powers = float(self.scale) * self.base**-codes
        return torch.cat([powers, torch.zeros(1), -powers]) - self.offset

    def _table(self, like: Tensor) -> Tensor:
        powers = torch.arange(self.zero_code + 1, dtype=like.dtype, device=like.device)
        table = self.scale * self.base**-powers
        table[-1] = 0
        return table - self.offset


class TwinUniform(FakeQuantizer):
    """Two uniform grids of ``2 ** (bits - 1)`` codes each, one bit saying which. Source: Yuan et al. 2022, section 3.2.

    ``split="magnitude"`` (softmax): small values take the fine grid, those beyond its reach the coarse one.
    ``split="sign"`` (GELU): negative values take the fine grid, the others the coarse one.
    """

    fine: Tensor
    coarse: Tensor

    def __init__(self, bits: int, fine: Tensor, coarse: Tensor, split: str) -> None:
        super().__init__(bits)
        if split not in ("magnitude", "sign"):
            raise ValueError(f"split must be 'magnitude' or 'sign'. Got {split!r}")
        if bits < 2:
            raise ValueError("twin grids need at least 2 bits")
        self.split = split
        self.steps_each = 2 ** (bits - 1)
        self.register_buffer("fine", checked_single(fine))
        self.register_buffer("coarse", checked_single(coarse))

    def settings(self) -> dict[str, Any]:
        """Return the arguments that are no tensors."""
        return {"bits": self.bits, "split": self.split}

    def codes(self, x: Tensor) -> Tensor:
        """Return the codes of ``x``: those of the fine grid first."""
        near = x / self.fine if self.split == "magnitude" else -x / self.fine
        is_fine = near.round() < self.steps_each if self.split == "magnitude" else x < 0
        codes = torch.where(is_fine, near.round(), (x / self.coarse).round())
        coded: Tensor = codes.clamp_(0, self.steps_each - 1) + self.steps_each * ~is_fine
        return coded

    def values(self, codes: Tensor) -> Tensor:
        """Return what codes stand for."""
        steps = torch.arange(self.steps_each, dtype=codes.dtype, device=codes.device)
        fine = steps * self.fine * (1 if self.split == "magnitude" else -1)
        return torch.cat([fine, steps * self.coarse]).take(codes.to(torch.int64))
