"""The border of the basin in the particles' own field (reconstruction)."""

from __future__ import annotations

from suite.tracks.ood import BoundedDetector

from ._field import CARD
from .field_potential import FieldPotential


class FieldBoundary(FieldPotential, BoundedDetector):
    """The score of `field-potential`, and its claim: the basin is {g > 0}, its border the smooth level set {g = 0}.

    The level is where 95 % of the training samples that are no particles lie inside. The network has seen those, so
    fewer of new ID samples do; `field-potential` takes the border that the protocol draws on images it has not seen.
    Source of the idea: Wang et al. 2025.
    Reconstruction: the authors' formula was not available. CBD-style self-consistent potential score, not the
    authors' implementation.
    """

    name = "field-boundary"
    version = "1"
    card = CARD.model_copy(update={"title": "Border of the field's basin (reconstruction)"})

    def boundary(self) -> float:
        """Return 0: the score is the depth below the border."""
        return 0.0
