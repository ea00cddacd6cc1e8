"""Fine-tuning with ghost batch norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext

from ._shapes import tuned

if TYPE_CHECKING:
    from torch import Tensor


class GhostBatchNorm(Procedure):
    """Trains as fine-tuning does, with statistics of parts of the batch."""

    name = "ghost-batch-norm"
    version = "1"
    needs = frozenset({"batch statistics"})
    card = Card(
        title="Ghost batch norm and fine-tuning",
        status="paper",
        paper="Train longer, generalize better: closing the generalization gap in large batch training",
        authors="Elad Hoffer, Itay Hubara, Daniel Soudry",
        year=2017,
        url="https://arxiv.org/abs/1705.08741",
    )

    class Parameters(Procedure.Parameters):
        """Parts, and shares of the budget."""

        ghosts: int = Field(2, ge=1, description="parts of a batch")
        share: float = Field(2 / 3, gt=0, lt=1, description="of the budget at the rate of the grid")

    parameters: Parameters

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """See `Procedure`."""
        rates = tuned(trainer.rates, context.updates, self.parameters.share, context.fine)
        return trainer.train(trainer.start, rates, ghosts=self.parameters.ghosts)
