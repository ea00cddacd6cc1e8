"""What the network says of each sample while it is trained: the importance scores that need a whole training run."""

from __future__ import annotations

from collections.abc import Mapping

from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars, History
from suite.tracks.replay.learner import Unavailable

EARLY = 10
"""Epochs that count for the norm of the error."""


class Recorder:
    """Records the training of one task, whose samples' rows [N] are known beforehand.

    Answers are kept as they come, and counted when somebody asks: few methods do.
    """

    def __init__(self, rows: torch.Tensor) -> None:
        self._places = {row: place for place, row in enumerate(rows.tolist())}
        self._margin, self._error, self._forgotten = torch.zeros(3, len(rows))
        self._right = torch.zeros(len(rows), dtype=torch.bool)
        self._answers: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]] = []

    def record(self, batch: Exemplars, logits: torch.Tensor, epoch: int) -> None:
        """Record what was said of a batch [B, C], in training mode and before the update; epochs count from 0."""
        self._answers.append((batch.rows, batch.labels, logits, epoch))

    def history(self, samples: Exemplars) -> History:
        """Return what was recorded of samples [N] of this task.

        Raises:
            Unavailable: a sample is of another task.
        """
        self._count()
        places = self._placed(samples.rows)
        return History(self._margin[places], self._forgotten[places], self._error[places])

    def state(self) -> dict[str, torch.Tensor]:
        """Return what was recorded so far, by name."""
        self._count()
        return {"margin": self._margin, "forgotten": self._forgotten, "error": self._error, "right": self._right}

    def go_on_after(self, state: Mapping[str, torch.Tensor]) -> None:
        """Go on as the recorder whose `state` this was."""
        self._answers = []
        names = ("margin", "forgotten", "error", "right")
        self._margin, self._forgotten, self._error, self._right = (state[name] for name in names)

    def _count(self) -> None:
        for answer in self._answers:
            self._count_batch(*answer)
        self._answers = []

    def _count_batch(self, rows: torch.Tensor, labels: torch.Tensor, logits: torch.Tensor, epoch: int) -> None:
        places = self._placed(rows)
        shares = logits.softmax(dim=1)
        own = shares.gather(1, labels[:, None])[:, 0]
        others = shares.scatter(1, labels[:, None], -1.0).amax(dim=1)
        right = own > others
        self._margin[places] += own - others
        self._forgotten[places] += (self._right[places] & ~right).float()
        self._right[places] = right
        if epoch < EARLY:
            errors = shares.scatter_add(1, labels[:, None], torch.full_like(own, -1.0)[:, None])
            self._error[places] += errors.norm(dim=1)

    def _placed(self, rows: torch.Tensor) -> torch.Tensor:
        try:
            return torch.tensor([self._places[row] for row in rows.tolist()], dtype=torch.int64)
        except KeyError:
            raise Unavailable("the record holds only samples of the task that has just ended") from None
