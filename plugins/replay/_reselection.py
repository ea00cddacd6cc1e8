"""Selection from a stream without task ends: of the buffer and the batch that came in, the best stay."""

from __future__ import annotations

from abc import abstractmethod

from suite.lazy import torch
from suite.tracks.replay import Buffer, Exemplars, MemoryUpdate, Places, ReplayContext, joined


class Reselection(MemoryUpdate):
    """Keeps everything while there is room. Then every batch competes with all that is held, on what is known now.

    That takes a pass over the whole buffer for each batch, which is counted.
    """

    needs = frozenset({"stream", "features"})

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        held = len(buffer)
        if held + len(batch) <= buffer.capacity:
            return torch.arange(held, held + len(batch))
        chosen = self.chosen(joined([buffer.samples(), batch]), buffer.capacity, context)
        stays = torch.zeros(held + len(batch), dtype=torch.bool)
        stays[chosen] = True
        room = torch.cat([torch.where(~stays[:held])[0], torch.arange(held, buffer.capacity)])
        slots = torch.full((len(batch),), -1)
        slots[stays[held:]] = room
        return slots

    @abstractmethod
    def chosen(self, samples: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return the places of the ``capacity`` samples to keep; there are more than that, in no particular order."""
