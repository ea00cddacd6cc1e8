"""One pass of a method through a stream without boundaries: some steps on each batch, then it may stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from suite.tracks.replay.exemplars import Exemplars, joined
from suite.tracks.replay.stream.rehearsal import Rehearsal

from .evaluation import ClassEvaluation


@dataclass
class OnlineRehearsal(Rehearsal):
    """A `Rehearsal` without task ends. Batches go on over the sessions' borders.

    Attributes:
        updates: steps of the learner on each batch, each with a draw of its own from the buffer.
    """

    updates: int = 1

    def run(self) -> None:
        """See `Rehearsal.run`; a session ends with the last batch whose last sample is of it."""
        assert isinstance(self.evaluation, ClassEvaluation)
        for batch, number, ends in self._batches():
            self.evaluation.met(batch.labels)
            for _ in range(self.updates):
                self._learner.step(self._with_replay(number, batch))
                self._steps += 1
                self.evaluation.point(self._learner, self._steps, number)
            if self.roles.streams:
                self.roles.update(batch, self.buffer, self._replay_context())
            self._seen += len(batch)
            if ends:
                self._audit()
                self.evaluation.boundary(self._learner, number)

    def _batches(self) -> Iterator[tuple[Exemplars, int, bool]]:
        """Yield each batch, the session of its last sample, and whether that ends with it."""
        together = joined([task.samples for task in self.stream])
        sessions = np.repeat(np.arange(len(self.stream)), [len(task.samples) for task in self.stream])
        parts = torch.arange(len(together)).split(self.training.batch)
        numbers = [int(sessions[places[-1]]) for places in parts]
        for places, number, following in zip(parts, numbers, [*numbers[1:], -1], strict=True):
            yield together[places], number, following != number
