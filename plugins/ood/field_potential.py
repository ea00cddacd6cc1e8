"""Potential of the particles' own field (reconstruction)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Context
from suite.tracks.ood import Batch, Detector, TrainingSet

from .field import CARD, Field, FieldParameters

if TYPE_CHECKING:
    from torch import Tensor


class FieldPotential(Detector):
    """``g(u) = phi_c - phi(u)``: depth below the level phi_c that encloses 95 % of held-out ID.

    The basin is {g > 0}, its boundary {g = 0}. Source of the idea: Wang et al. 2025.
    Reconstruction: the authors' formula was not available. CBD-style self-consistent potential score, not the
    authors' implementation.
    """

    name = "field-potential"
    version = "1"
    card = CARD.model_copy(update={"title": "Field potential (reconstruction)"})

    class Parameters(FieldParameters):
        """See `FieldParameters`."""

    parameters: Parameters

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Place particles and background; find the level phi_c on the held-out samples."""
        self.field = Field.fit(train.features, self.parameters, context)
        self._level = self.field.potential(self.field.held_out).quantile(0.95)

    def score(self, batch: Batch) -> Tensor:
        """Return g [B]; differentiable in the features."""
        return self._level - self.field.potential(self.field.place(batch.features))
