"""Random numbers as a function of (seed, trajectory, counter) and of nothing else.

Whatever else is drawn, in which order, in how many batches or threads: a trajectory's numbers stay the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from suite.hashing import digest

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_LOW = 0xFFFFFFFF
_TWO_TO_MINUS_32 = 2.0**-32


def stream(seed: int, role: str) -> int:
    """Return the 63-bit number of a role's stream: what one seed draws in one role never overlaps with another's."""
    return int(digest([seed, role])[:16], 16) >> 1


def keys(stream: int, trajectories: Tensor) -> Tensor:
    """Return one odd 64-bit key for each trajectory number [N], int64, by the finaliser of SplitMix64.

    Source: Steele, Lea and Flood 2014, with Stafford's constants.
    """
    # As signed numbers: int64 arithmetic wraps as the unsigned does.
    mixed = trajectories * -0x61C8864680B583EB + stream
    mixed = (mixed ^ _shifted(mixed, 30)) * -0x40A7B892E31B1A47
    mixed = (mixed ^ _shifted(mixed, 27)) * -0x6B2FB644ECCEEE15
    return (mixed ^ _shifted(mixed, 31)) | 1


class CounterNormals:
    """Standard normal numbers for N trajectories, ``axes`` for each count, float32.

    Bits come from the counter-based generator Squares in 64 bits, two normals from one 64-bit word (Box and Muller
    1958). Source: Widynski 2020, "Squares: a fast counter-based RNG".
    """

    def __init__(self, keys: Tensor, axes: int) -> None:
        self.axes = axes
        self._pairs = -(-axes // 2)
        self._keys = keys
        self._buffers: dict[tuple[int, ...], tuple[Tensor, ...]] = {}

    def __call__(self, first: int, counts: int) -> Tensor:
        """Return the numbers of counts ``first`` to ``first + counts - 1`` [counts, axes, N].

        The tensor is overwritten by the next call.
        """
        import torch

        shape = (counts, self._pairs, len(self._keys))
        if shape not in self._buffers:
            self._buffers = {shape: _buffers(shape, self._keys.device)}
        x, y, z, rotated, normals, radius = self._buffers[shape]
        counters = torch.arange(first * self._pairs, (first + counts) * self._pairs, device=self._keys.device)
        torch.mul(counters.view(counts, self._pairs, 1), self._keys, out=x)
        y.copy_(x)
        torch.add(y, self._keys, out=z)
        _round(x, y, rotated)
        _round(x, z, rotated)
        _round(x, y, rotated)
        x.mul_(x).add_(z)
        z.copy_(x)
        _rotate(x, rotated)
        x.mul_(x).add_(y).bitwise_right_shift_(32).bitwise_and_(_LOW).bitwise_xor_(z)
        return self._normals(x, y, normals, radius)[:, : self.axes]

    def _normals(self, words: Tensor, low: Tensor, normals: Tensor, radius: Tensor) -> Tensor:
        import torch

        torch.bitwise_and(words, _LOW, out=low)
        words.bitwise_right_shift_(32).bitwise_and_(_LOW)
        # In (0, 1]: the logarithm is finite, and the largest number is 6.7.
        radius.copy_(words).add_(1.0).mul_(_TWO_TO_MINUS_32).log_().mul_(-2.0).sqrt_()
        pairs = normals.view(normals.shape[0], -1, 2, normals.shape[2])
        cosine, sine = pairs[:, :, 0], pairs[:, :, 1]
        sine.copy_(low).mul_(2 * math.pi * _TWO_TO_MINUS_32)
        torch.cos(sine, out=cosine)
        sine.sin_().mul_(radius)
        cosine.mul_(radius)
        return normals


def _buffers(shape: tuple[int, ...], device: torch.device) -> tuple[Tensor, ...]:
    import torch

    words = (torch.empty(shape, dtype=torch.int64, device=device) for _ in range(4))
    normals = torch.empty((shape[0], 2 * shape[1], shape[2]), device=device)
    return (*words, normals, torch.empty(shape, device=device))


def _shifted(words: Tensor, bits: int) -> Tensor:
    """Return the words shifted right as unsigned numbers."""
    return (words >> bits) & ((1 << (64 - bits)) - 1)


def _rotate(x: Tensor, spare: Tensor) -> None:
    import torch

    torch.bitwise_right_shift(x, 32, out=spare)
    spare.bitwise_and_(_LOW)
    x.bitwise_left_shift_(32).bitwise_or_(spare)


def _round(x: Tensor, added: Tensor, spare: Tensor) -> None:
    x.mul_(x).add_(added)
    _rotate(x, spare)
