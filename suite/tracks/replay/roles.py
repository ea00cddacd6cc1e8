"""Who does what: the method and its partner in their roles, the protocol's reservoir and uniform draw in the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from suite.contracts.returned import integers, refuse
from suite.lazy import torch
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.contract import (
    Bound,
    MemoryRetrieval,
    MemoryUpdate,
    Regime,
    ReplayContext,
    ReplayMethod,
    ReplaySelector,
)
from suite.tracks.replay.exemplars import Exemplars

T = TypeVar("T")


def reservoir_slots(count: int, seen: int, capacity: int, rng: np.random.Generator) -> torch.Tensor:
    """Return the slot of each of ``count`` samples after ``seen`` others, or -1: Vitter's algorithm R (1985).

    The n-th sample, from 0, takes slot n while there is room, then slot r of a uniform draw from 0..n if there is one.
    """
    numbers = np.arange(seen, seen + count)
    drawn = rng.integers(0, numbers + 1)
    slots = np.where(numbers < capacity, numbers, np.where(drawn < capacity, drawn, -1))
    return torch.from_numpy(slots)


def uniform_slots(filled: int, count: int, rng: np.random.Generator) -> torch.Tensor:
    """Return ``count`` different filled slots, drawn uniformly, or all if there are fewer."""
    return torch.from_numpy(rng.choice(filled, size=min(count, filled), replace=False, shuffle=False))


class Roles:
    """Who has which role: the method, its partner, or for None the protocol.

    Attributes:
        method: whose partner has the role that it does not have itself.
        selector: fills the buffer at the end of each task.
        updater: fills it sample by sample.
        retriever: chooses what is replayed.
        regime: of a `Bound`, else None.
        streams: whether the buffer is filled sample by sample, by the updater or by the reservoir.
        columns: numbers that the buffer keeps for each slot; see `MemoryUpdate`.
        seconds: inside the method and its partner.
    """

    def __init__(self, method: ReplayMethod) -> None:
        self.method = method
        self.selector = method if isinstance(method, ReplaySelector) else None
        self.updater = method if isinstance(method, MemoryUpdate) else method.partner("update", MemoryUpdate)
        self.retriever = method if isinstance(method, MemoryRetrieval) else method.partner("retrieval", MemoryRetrieval)
        self.regime: Regime | None = method.regime if isinstance(method, Bound) else None
        self.streams = self.selector is None and self.regime in (None, "buffer alone")
        self.columns = self.updater.columns if self.updater is not None else {}
        self.seconds = 0.0

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> None:
        """Let the stream's batch into the buffer."""
        if self.updater is not None:
            slots = self._timed(self.updater.update, batch, buffer, context)
        else:
            slots = reservoir_slots(len(batch), context.seen, buffer.capacity, context.rng("protocol's reservoir"))
        buffer.write(slots, batch)

    def retrieve(self, batch: Exemplars, buffer: Buffer, count: int, context: ReplayContext) -> Exemplars | None:
        """Return what is replayed with a batch, or None while there is nothing."""
        if not len(buffer):
            return None
        if self.retriever is None:
            return buffer.samples(uniform_slots(len(buffer), count, context.rng("protocol's draw")))
        slots = places(self._timed(self.retriever.retrieve, batch, buffer, count, context), count, len(buffer))
        return buffer.samples(slots) if len(slots) else None

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> torch.Tensor:
        """Return the places of the candidates to keep, best first; all of them where there is room."""
        assert self.selector is not None
        if len(candidates) <= capacity:
            return torch.arange(len(candidates))
        return places(self._timed(self.selector.select, candidates, capacity, context), capacity, len(candidates))

    def _timed(self, call: Callable[..., T], *arguments: object) -> T:
        started = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            self.seconds += time.perf_counter() - started


@dataclass(frozen=True)
class Selection:
    """Places among the samples of the task [K], int64, and the seconds that choosing them took."""

    places: torch.Tensor
    seconds: float = 0.0


def selected(method: ReplaySelector | Bound, samples: Exemplars, capacity: int, context: ReplayContext) -> Selection:
    """Return what a method replays; it is not asked where there is room for all samples.

    Raises:
        ValueError: what it selects is no selection.
    """
    if isinstance(method, Bound):
        return Selection(torch.arange(len(samples) if method.regime == "joint" else 0))
    roles = Roles(method)
    return Selection(roles.select(samples, capacity, context), roles.seconds)


def places(answer: object, most: int, count: int) -> torch.Tensor:
    """Return a method's answer as int64 places [at most ``most``] below ``count``, each once.

    Raises:
        ValueError: it is something else.
    """
    wanted = "a row of integers, the places of samples"
    chosen = integers(answer, "the method", wanted).cpu()
    if chosen.ndim != 1:
        refuse(answer, "the method", wanted)
    if len(chosen) > most:
        raise ValueError(f"{len(chosen)} samples were chosen. There is room for {most}")
    if len(chosen) and not 0 <= int(chosen.min()) <= int(chosen.max()) < count:
        raise ValueError(f"choose places in 0..{count - 1}. Got {int(chosen.min())}..{int(chosen.max())}")
    if len(set(chosen.tolist())) < len(chosen):
        raise ValueError("a sample was chosen twice")
    return chosen
