"""Chooses the quantizers of the operands of a layer or a product by the error of what it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor

    Quantizers = tuple[fake.FakeQuantizer | None, fake.FakeQuantizer | None]
    Error = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Operand:
    """A value, and the quantizers among which to choose; none leave it as it is.

    Quantizers that are uniform with a scale per output channel are chosen for each channel.
    """

    value: Tensor
    tried: Sequence[fake.FakeQuantizer]


def alternate(left: Operand, right: Operand, error: Error, rounds: int) -> Quantizers:
    """Return the quantizers of both operands, each chosen with the other's fixed, the right one's first.

    ``error`` of both quantized values is one number [1], or one for each output channel [D_out]. Ends after so many
    rounds, or when nothing changes any more.
    """
    of_left, of_right = None, None
    left_pick: list[int] = []
    right_pick: list[int] = []
    x, y = left.value, right.value
    for _ in range(rounds):
        if right.tried:
            of_right, pick = _best(right, partial(error, x))
            if pick == right_pick:
                break  # the left one was chosen against this
            y, right_pick = of_right(right.value), pick
        if left.tried:
            of_left, pick = _best(left, partial(_flipped, error, y))
            if pick == left_pick:
                break
            x, left_pick = of_left(left.value), pick
        if not (left.tried and right.tried):
            break
    return of_left, of_right


def _best(operand: Operand, error: Callable[[Tensor], Tensor]) -> tuple[fake.FakeQuantizer, list[int]]:
    """Return the quantizer of least error, and by number what was chosen: once, or for each row."""
    import torch

    tried = operand.tried
    errors = torch.stack([error(quantizer(operand.value)) for quantizer in tried])
    uniform = [quantizer for quantizer in tried if isinstance(quantizer, fake.Uniform)]
    if tried[0].granularity != "per-channel":
        least = int(errors.sum(dim=1).argmin())
        return tried[least], [least]
    rows = errors.argmin(dim=0)
    scales = torch.stack([quantizer.scale for quantizer in uniform])
    scale = scales[rows, torch.arange(len(rows), device=rows.device)]
    return fake.Uniform(tried[0].bits, scale, signed=True, granularity="per-channel"), rows.tolist()


def symmetric(value: Tensor, bits: int, shares: Tensor) -> list[fake.Uniform]:
    """Return symmetric quantizers of an activation, whose limits are shares of its largest absolute value."""
    return [fake.Uniform.symmetric(bits, share * value.abs().max()) for share in shares]


def symmetric_rows(weight: Tensor, bits: int, shares: Tensor) -> list[fake.Uniform]:
    """Return symmetric quantizers of a weight [D_out, ...], whose limits are shares of its rows' largest values."""
    largest = weight.abs().amax(dim=tuple(range(1, weight.ndim)), keepdim=True)
    return [fake.Uniform.symmetric(bits, share * largest, granularity="per-channel") for share in shares]


def _flipped(error: Error, right: Tensor, left: Tensor) -> Tensor:
    return error(left, right)
