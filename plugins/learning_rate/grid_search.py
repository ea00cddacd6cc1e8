"""What one does without an idea: a search over the rate of fine-tuning too, under the same budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext

from ._shapes import held

if TYPE_CHECKING:
    from torch import Tensor


class GridSearch(Procedure):
    """Trains at the rate of the grid, fine-tunes at several rates from there, and keeps what validation data choose."""

    name = "grid-search"
    version = "1"
    standing = "reference"
    card = Card(title="Grid search over both rates", status="baseline")

    class Parameters(Procedure.Parameters):
        """The rates, and shares of the budget."""

        candidates: int = Field(3, ge=2, description="rates of fine-tuning, a factor apart, round the task's own")
        factor: float = Field(3.0, gt=1, description="between one rate of fine-tuning and the next")
        share: float = Field(0.5, gt=0, lt=1, description="of the budget at the rate of the grid")

    parameters: Parameters

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """See `Procedure`."""
        count, rates = self.parameters.candidates, trainer.rates
        trained = trainer.train(trainer.start, held(rates, round(self.parameters.share * context.updates)))
        steps = trainer.left // count - context.look
        if steps < 1:
            raise ValueError(f"the budget has no room for {count} rates of fine-tuning")
        best, kept = torch.full_like(rates, -1.0), trained
        for place in range(count):
            fine = context.fine * self.parameters.factor ** (place - (count - 1) / 2)
            tuned = trainer.train(trained, torch.full((steps,), fine))
            accuracy = trainer.validation(tuned).to(best)
            kept = torch.where((accuracy > best)[:, None], tuned, kept)
            best = torch.maximum(best, accuracy)
        return kept
