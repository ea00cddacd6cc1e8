"""A ring buffer for each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite import Card
from suite.tracks.replay import Buffer, Exemplars, Places, ReplayContext

from ._quotas import Holdings, QuotaMemory, Tally


class Ring(QuotaMemory):
    """The latest samples of each class; equal quotas, the remainder to the first seen.

    Each class is a queue, linked in a column: a slot has the number of that of the next younger sample.
    """

    name = "ring"
    version = "1"
    columns = {"younger": -1.0}
    card = Card(title="Ring of each class", status="baseline", note="First in, first out (Chaudhry et al. 2019).")

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._ends: NDArray[np.int64] | None = None

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        if self._ends is None:
            self._ends = np.full((2, context.classes), -1)  # the slots of the oldest and of the youngest
        return super().update(batch, buffer, context)

    def replaces(self, label: int, tally: Tally, holdings: Holdings) -> bool:
        """Return true."""
        return True

    def leave(self, label: int, holdings: Holdings) -> int:
        """Return the slot of the oldest sample of a class."""
        assert self._ends is not None
        slot = int(self._ends[0, label])
        self._ends[0, label] = holdings.columns["younger"][slot]
        return slot

    def enter(self, slot: int, label: int, holdings: Holdings) -> None:
        """Put a sample at the end of its queue."""
        assert self._ends is not None
        oldest, youngest = self._ends[:, label]
        younger = holdings.columns["younger"]
        younger[slot] = -1
        if oldest < 0:
            self._ends[0, label] = slot
        else:
            younger[youngest] = slot
        self._ends[1, label] = slot
