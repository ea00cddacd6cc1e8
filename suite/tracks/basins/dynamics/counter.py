"""Random numbers as a function of (seed, trajectory, counter) and of nothing else.

Whatever else is drawn, in which order, in how many batches or threads: a trajectory's numbers stay the same. Those of
`exact_normals` are the same on every machine too; `CounterNormals`, faster in torch, rounds as the machine does.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suite.hashing import digest
from suite.tracks.basins.dynamics.elementary import as_double, logarithm, root, turn

_LOW = 0xFFFFFFFF
_TWO_TO_MINUS_32 = 2.0**-32


def stream(seed: int, role: str) -> int:
    """Return the 63-bit number of a role's stream: what one seed draws in one role never overlaps with another's."""
    return int(digest([seed, role])[:16], 16) >> 1


def keys(stream: int, trajectories: Tensor) -> Tensor:
    """Return one odd 64-bit key for each trajectory number [N], int64."""
    # As signed numbers: int64 arithmetic wraps as the unsigned does.
    mixed: Tensor = _mix(trajectories * -0x61C8864680B583EB + stream)
    return mixed | 1


def normal_pair(word: Tensor) -> tuple[Tensor, Tensor]:
    """Return the two standard normal numbers of each word, int64, in doubles.

    The n-th word of a trajectory, from 1, is n times its key; see `CounterNormals`.
    """
    word = (word ^ ((word >> 30) & 0x3FFFFFFFF)) * -0x40A7B892E31B1A47
    word = (word ^ ((word >> 27) & 0x1FFFFFFFFF)) * -0x6B2FB644ECCEEE15
    word = word ^ ((word >> 31) & 0x1FFFFFFFF)
    radius = root(-2 * logarithm((as_double((word >> 32) & _LOW) + 1) * _TWO_TO_MINUS_32))
    angle = word & _LOW
    quarters = (angle + (1 << 29)) >> 30
    cosine, sine = turn(quarters, as_double(angle - (quarters << 30)) * (2 * math.pi * _TWO_TO_MINUS_32))
    return radius * cosine, radius * sine


def exact_normals(keys: Tensor, axes: int, first: int, counts: int) -> Tensor:
    """Return what `CounterNormals` does, made of `normal_pair`."""
    begin, end = first * axes, (first + counts) * axes
    words = torch.arange(begin // 2 + 1, -(-end // 2) + 1, device=keys.device)
    pairs = torch.stack(normal_pair(words[:, None] * keys), dim=1).flatten(0, 1)
    return pairs[begin % 2 : begin % 2 + end - begin].view(counts, axes, -1)


def uniforms(keys: Tensor, first: int, counts: int) -> Tensor:
    """Return uniform numbers in [0, 1), doubles, of counts ``first`` to ``first + counts - 1`` [counts, N]."""
    numbers = torch.arange(first + 1, first + counts + 1, device=keys.device)
    words = _mix(numbers[:, None] * keys)
    return ((words >> 11) & ((1 << 53) - 1)).double() * 2.0**-53


class CounterNormals:
    """Standard normal numbers for N trajectories, ``axes`` for each count, float32.

    The n-th 64-bit word of a trajectory is SplitMix64's, with the trajectory's key as increment; two normals come from
    one word (Box and Muller 1958).
    Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
    """

    def __init__(self, keys: Tensor, axes: int) -> None:
        self.axes = axes
        self._keys = keys
        self._buffers: dict[int, tuple[Tensor, ...]] = {}

    def __call__(self, first: int, counts: int) -> Tensor:
        """Return the numbers of counts ``first`` to ``first + counts - 1`` [counts, axes, N].

        The tensor is overwritten by the next call.
        """
        begin, end = first * self.axes, (first + counts) * self.axes
        words = range(begin // 2, -(-end // 2))
        if len(words) not in self._buffers:
            self._buffers = {len(words): _buffers(len(words), self._keys)}
        x, spare, normals, radius = self._buffers[len(words)]
        numbers = torch.arange(words.start + 1, words.stop + 1, device=self._keys.device)
        torch.mul(numbers[:, None], self._keys, out=x)
        _mix(x, spare)
        # The high half makes a radius, the low half an angle. In (0, 1] the logarithm is finite: 6.7 is the largest.
        torch.bitwise_right_shift(x, 32, out=spare).bitwise_and_(_LOW)
        radius.copy_(spare).add_(1.0).mul_(_TWO_TO_MINUS_32).log_().mul_(-2.0).sqrt_()
        cosine, sine = normals[:, 0], normals[:, 1]
        sine.copy_(x.bitwise_and_(_LOW)).mul_(2 * math.pi * _TWO_TO_MINUS_32)
        torch.cos(sine, out=cosine)
        sine.sin_().mul_(radius)
        cosine.mul_(radius)
        offset = begin - 2 * words.start
        return normals.view(2 * len(words), -1)[offset : offset + end - begin].view(counts, self.axes, -1)


def _buffers(words: int, keys: Tensor) -> tuple[Tensor, ...]:
    x, spare = (torch.empty((words, len(keys)), dtype=torch.int64, device=keys.device) for _ in range(2))
    return x, spare, torch.empty((words, 2, len(keys)), device=keys.device), torch.empty(x.shape, device=keys.device)


def _mix(words: Tensor, spare: Tensor | None = None) -> Tensor:
    """Mix the bits of each word, in place: the finaliser of SplitMix64, with Stafford's constants."""
    spare = torch.empty_like(words) if spare is None else spare
    for bits, factor in ((30, -0x40A7B892E31B1A47), (27, -0x6B2FB644ECCEEE15), (31, None)):
        torch.bitwise_right_shift(words, bits, out=spare)
        words.bitwise_xor_(spare.bitwise_and_((1 << (64 - bits)) - 1))  # shifted as unsigned numbers
        if factor is not None:
            words.mul_(factor)
    return words
