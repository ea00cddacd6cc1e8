"""What the network says of each sample while it is trained: the importance scores that need a whole training run."""

from __future__ import annotations

from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars, History
from suite.tracks.replay.learner import Unavailable

EARLY = 10
"""Epochs that count for the norm of the error."""


class Recorder:
    """Records the training of one task, whose samples' rows [N] are known beforehand."""

    def __init__(self, rows: torch.Tensor) -> None:
        self._places = {row: place for place, row in enumerate(rows.tolist())}
        self._margin, self._error, self._forgotten = torch.zeros(3, len(rows))
        self._right = torch.zeros(len(rows), dtype=torch.bool)

    def record(self, batch: Exemplars, logits: torch.Tensor, epoch: int) -> None:
        """Record what was said of a batch [B, C], in training mode and before the update; epochs count from 0."""
        places = self._placed(batch)
        shares = logits.softmax(dim=1)
        own = shares.gather(1, batch.labels[:, None])[:, 0]
        others = shares.scatter(1, batch.labels[:, None], -1.0).amax(dim=1)
        right = own > others
        self._margin[places] += own - others
        self._forgotten[places] += (self._right[places] & ~right).float()
        self._right[places] = right
        if epoch < EARLY:
            errors = shares.scatter_add(1, batch.labels[:, None], torch.full_like(own, -1.0)[:, None])
            self._error[places] += errors.norm(dim=1)

    def history(self, samples: Exemplars) -> History:
        """Return what was recorded of samples [N] of this task.

        Raises:
            Unavailable: a sample is of another task.
        """
        places = self._placed(samples)
        return History(self._margin[places], self._forgotten[places], self._error[places])

    def _placed(self, samples: Exemplars) -> torch.Tensor:
        try:
            return torch.tensor([self._places[row] for row in samples.rows.tolist()], dtype=torch.int64)
        except KeyError:
            raise Unavailable("there is no record of samples of other tasks than the one that has just ended") from None
