"""The buffer: one block of memory for the whole stream, so that a step costs at its end what it did at first."""

from __future__ import annotations

from collections.abc import Mapping

from suite.contracts.returned import integers
from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars, Places

LABEL_BYTES = COLUMN_BYTES = 8


def slot_bytes(inputs: torch.Tensor, columns: int = 0) -> int:
    """Return what one slot takes of the budget: an input like those of ``inputs`` [N, ...], its label, the columns."""
    return inputs[0].numel() * inputs.element_size() + LABEL_BYTES + COLUMN_BYTES * columns


class Buffer:
    """Samples in numbered slots, those from ``len(buffer)`` to ``capacity`` being free.

    Attributes:
        capacity: how many samples there is room for.
        columns: numbers that a method keeps for each slot, by name [capacity], float64.
    """

    def __init__(self, like: Exemplars, capacity: int, columns: Mapping[str, float] | None = None) -> None:
        """Make room for ``capacity`` samples like those of ``like``, which is not empty.

        Raises:
            ValueError: the capacity is not above 0.
        """
        if capacity < 1:
            raise ValueError(f"a buffer of {capacity} samples holds nothing")
        self.capacity = capacity
        self._all = Exemplars(
            torch.empty((capacity, *like.inputs.shape[1:]), dtype=like.inputs.dtype),
            torch.empty(capacity, dtype=torch.int64),
            torch.empty(capacity, dtype=torch.int64),
        )
        self._fresh = dict(columns or {})
        self.columns = {
            name: torch.full((capacity,), fresh, dtype=torch.float64) for name, fresh in self._fresh.items()
        }
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def bytes(self) -> int:
        """What the filled slots take of the budget."""
        return self._count * slot_bytes(self._all.inputs, len(self.columns))

    @property
    def labels(self) -> torch.Tensor:
        """Labels of the filled slots [len(buffer)], not to be written to."""
        return self._all.labels[: self._count]

    def samples(self, slots: Places | None = None) -> Exemplars:
        """Return a copy of what lies in some slots, or in all that are filled."""
        return self._all[torch.arange(self._count) if slots is None else slots]

    def write(self, slots: Places, samples: Exemplars) -> None:
        """Write each sample [B] to its slot [B]; -1 drops it, and the last write to a slot wins.

        Raises:
            ValueError: a slot is beyond the capacity, or would leave a free one before it.
        """
        slots = integers(slots, "the method", f"integers [{len(samples)}], a slot for each sample")
        if slots.shape != (len(samples),):
            raise ValueError(f"give {len(samples)} slots. Got shape {tuple(slots.shape)}")
        kept = slots >= 0
        if not kept.any():
            return
        last: dict[int, int] = {int(slot): place for place, slot in enumerate(slots.tolist()) if slot >= 0}
        count = max(self._count, max(last) + 1)
        if min(slots.tolist()) < -1 or count > self.capacity:
            raise ValueError(f"the buffer has {self.capacity} slots. Got {sorted(last)}, and -1 means: do not keep")
        fresh = set(range(self._count, count)) - last.keys()
        if fresh:
            raise ValueError(f"slot {count - 1} was filled before slot {min(fresh)}")
        where, which = torch.tensor(list(last)), torch.tensor(list(last.values()))
        self._all.inputs[where] = samples.inputs[which].to(self._all.inputs.device)
        self._all.labels[where] = samples.labels[which].to(self._all.labels.device)
        self._all.rows[where] = samples.rows[which].to(self._all.rows.device)
        self._count = count

    def resize(self, capacity: int, slots: Places) -> None:
        """Go on with room for ``capacity`` samples and what lies in ``slots`` [at most ``capacity``], in this order.

        Raises:
            ValueError: more slots than the capacity, or one twice, or one that is free.
        """
        chosen = slots.tolist()
        if len(chosen) > capacity or len(set(chosen)) < len(chosen) or not all(0 <= s < self._count for s in chosen):
            raise ValueError(f"cannot keep slots {chosen} of {self._count} filled ones in {capacity}")
        fresh = Buffer(self._all, capacity, self._fresh)
        fresh.write(torch.arange(len(chosen)), self._all[slots])
        for name, values in self.columns.items():
            fresh.columns[name][: len(chosen)] = values[slots]
        self.capacity, self._all, self.columns, self._count = capacity, fresh._all, fresh.columns, len(chosen)
