"""Class quotas in an online buffer: who gives room when a class is short of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch
from suite.tracks.replay import Buffer, Exemplars, MemoryUpdate, Places, ReplayContext


class Tally:
    """Numbers of each class [classes].

    Attributes:
        order: how many classes had been seen when it was first seen, or -1.
        seen: samples that came.
        held: samples in the buffer.
        quota: how many it may hold of a full buffer; more than there is room for while the class was never seen.
    """

    def __init__(self, classes: int) -> None:
        self.order = np.full(classes, -1)
        self.seen, self.held, self.quota = np.zeros((3, classes), dtype=np.int64)


class Holdings:
    """Which class holds which slot while a batch comes in: what the buffer says, and what the batch has changed."""

    def __init__(self, buffer: Buffer, rng: np.random.Generator) -> None:
        self.capacity, self.filled, self.rng = buffer.capacity, len(buffer), rng
        self.columns = {name: values.numpy() for name, values in buffer.columns.items()}
        self._labels = buffer.labels.numpy()
        self._changed: dict[int, int] = {}

    def put(self, slot: int, label: int) -> None:
        """Fill a slot."""
        self._changed[slot] = label
        self.filled = max(self.filled, slot + 1)

    def random_slot(self, label: int) -> int:
        """Return a uniformly random slot of a class, which has one.

        Slots are tried until one is right. Of a class that has its quota this takes about as many tries as there are
        classes, whatever the size of the buffer, and no index of slots has to be kept.
        """
        while True:
            slots: list[int] = self.rng.integers(self.filled, size=32).tolist()
            for slot in slots:
                if (self._changed[slot] if slot in self._changed else self._labels[slot]) == label:
                    return slot


class QuotaMemory(MemoryUpdate):
    """Keeps everything while there is room. Then a class short of its quota takes a slot of the one furthest above.

    Quotas only ever shrink, and a class gives nothing up before another needs it.
    """

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._tally: Tally | None = None

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        tally = self._tally = self._tally or Tally(context.classes)
        holdings = Holdings(buffer, context.rng(self.name))
        return torch.tensor([self._slot(label, tally, holdings) for label in batch.labels.tolist()])

    def _slot(self, label: int, tally: Tally, holdings: Holdings) -> int:
        if tally.order[label] < 0:
            tally.order[label] = tally.order.max() + 1
            tally.quota[:] = self.quotas(tally.order, holdings.capacity)
        slot = holdings.filled if holdings.filled < holdings.capacity else self._room(label, tally, holdings)
        if slot >= 0:
            holdings.put(slot, label)
            tally.held[label] += 1
            self.enter(slot, label, holdings)
        tally.seen[label] += 1
        return slot

    def _room(self, label: int, tally: Tally, holdings: Holdings) -> int:
        """Return a slot of a full buffer that is given up for one more of a class, or -1."""
        if tally.held[label] < tally.quota[label]:
            giver = int((tally.held - tally.quota).argmax())
        elif tally.held[label] and self.replaces(label, tally, holdings):
            giver = label
        else:
            return -1
        tally.held[giver] -= 1
        return self.leave(giver, holdings)

    def quotas(self, order: NDArray[np.int64], capacity: int) -> NDArray[np.int64]:
        """Return the quota of each class: the capacity over those seen, the remainder one each to the first seen."""
        seen = order.max() + 1
        return np.where(order < 0, capacity + 1, (capacity - order + seen - 1) // seen)

    @abstractmethod
    def replaces(self, label: int, tally: Tally, holdings: Holdings) -> bool:
        """Return whether a sample of a class that has its quota takes the place of another of that class."""

    def leave(self, label: int, holdings: Holdings) -> int:
        """Return which slot a class gives up: a random one."""
        return holdings.random_slot(label)

    def enter(self, slot: int, label: int, holdings: Holdings) -> None:
        """Take note that a sample was put into a slot."""
