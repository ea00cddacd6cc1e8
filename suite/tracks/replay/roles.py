"""Who does what: the method in its roles, and the protocol's reservoir and uniform draw in those it does not have."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from suite.contracts import Method
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.contract import (
    Bound,
    MemoryRetrieval,
    MemoryUpdate,
    Regime,
    ReplayContext,
    ReplayMethod,
    ReplaySelector,
    Samples,
)

T = TypeVar("T")


def reservoir_slots(count: int, seen: int, capacity: int, rng: np.random.Generator) -> Tensor:
    """Return the slot of each of ``count`` samples after ``seen`` others, or -1: Vitter's algorithm R (1985).

    The n-th sample, from 0, takes slot n while there is room, then slot r of a uniform draw from 0..n if there is one.
    """
    numbers = np.arange(seen, seen + count)
    drawn = rng.integers(0, numbers + 1)
    slots = np.where(numbers < capacity, numbers, np.where(drawn < capacity, drawn, -1))
    return torch.from_numpy(slots)


def uniform_slots(filled: int, count: int, rng: np.random.Generator) -> Tensor:
    """Return ``count`` different filled slots, drawn uniformly, or all if there are fewer."""
    return torch.from_numpy(rng.choice(filled, size=min(count, filled), replace=False, shuffle=False))


class Roles:
    """A method in its roles.

    Attributes:
        seconds: inside the method itself.
        selects: whether it fills the buffer at the end of each task.
        streams: whether the buffer is filled sample by sample, by the method or by the reservoir.
        regime: of a `Bound`, else None.
        columns: numbers that the buffer keeps for each slot; see `MemoryUpdate`.
    """

    def __init__(self, method: Method) -> None:
        """Tell what the method is.

        Raises:
            TypeError: it is no method of this track.
        """
        if not isinstance(method, ReplayMethod):
            raise TypeError(f"{type(method).__name__} is no method of suite.tracks.replay")
        self.method = method
        self.seconds = 0.0
        self.selects = isinstance(method, ReplaySelector)
        self.regime: Regime | None = method.regime if isinstance(method, Bound) else None
        self.streams = not self.selects and self.regime in (None, "buffer alone")
        self.columns = method.columns if isinstance(method, MemoryUpdate) else {}

    def update(self, batch: Samples, buffer: Buffer, context: ReplayContext) -> None:
        """Let the stream's batch into the buffer, by the method or by the reservoir."""
        if isinstance(self.method, MemoryUpdate):
            slots = self._timed(self.method.consider, batch, buffer, context)
        else:
            slots = reservoir_slots(len(batch), context.seen, buffer.capacity, context.rng("protocol's reservoir"))
        buffer.write(slots, batch)

    def retrieve(self, batch: Samples, buffer: Buffer, count: int, context: ReplayContext) -> Samples | None:
        """Return what is replayed with a batch, or None while there is nothing."""
        if not len(buffer):
            return None
        if not isinstance(self.method, MemoryRetrieval):
            return buffer.samples(uniform_slots(len(buffer), count, context.rng("protocol's draw")))
        slots = places(self._timed(self.method.retrieve, batch, buffer, count, context), count, len(buffer))
        return buffer.samples(slots) if len(slots) else None

    def select(self, candidates: Samples, capacity: int, context: ReplayContext) -> Tensor:
        """Return the places of the candidates to keep, best first; all of them where there is room."""
        assert isinstance(self.method, ReplaySelector)
        if len(candidates) <= capacity:
            return torch.arange(len(candidates))
        return places(self._timed(self.method.select, candidates, capacity, context), capacity, len(candidates))

    def _timed(self, call: Callable[..., T], *arguments: object) -> T:
        started = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            self.seconds += time.perf_counter() - started


def places(answer: object, most: int, count: int) -> Tensor:
    """Return a method's answer as int64 places [at most ``most``] below ``count``, each once.

    Raises:
        ValueError: it is something else.
    """
    chosen = torch.as_tensor(answer).cpu()
    if chosen.ndim != 1 or chosen.is_floating_point() or chosen.dtype == torch.bool:
        raise ValueError(f"expected a row of integers, got {chosen.dtype} of shape {tuple(chosen.shape)}")
    chosen = chosen.long()
    if len(chosen) > most:
        raise ValueError(f"{len(chosen)} samples were chosen where there is room for {most}")
    if len(chosen) and not 0 <= int(chosen.min()) <= int(chosen.max()) < count:
        raise ValueError(f"places {int(chosen.min())}..{int(chosen.max())} were chosen of 0..{count - 1}")
    if len(set(chosen.tolist())) < len(chosen):
        raise ValueError("a sample was chosen twice")
    return chosen
