"""Residual of the steady state in the particles' own field (reconstruction)."""

from __future__ import annotations

from pydantic import Field as Declared

from suite import Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._field import CARD, Field, FieldParameters


class FieldSteadyState(Detector):
    """``-|grad log rho(u)|``: how far a point is from the force balance of a steady state, where thermal motion rules.

    With ``large_temperature=False`` the force of the field is in it: ``-|T grad log rho(u) + grad phi(u)|``, T being
    fitted to held-out ID by least squares. That force is small far from all particles too, where nothing holds a
    point: it speaks for OOD. The defaults were chosen on ood/cifar10's validation data alone (docs/ood.md). Source of
    the idea: Wang et al. 2025.
    Reconstruction: the authors' formula was not available. CBD-style self-consistent potential score, not the
    authors' implementation.
    """

    name = "field-steady-state"
    version = "2"
    card = CARD.model_copy(update={"title": "Field steady state (reconstruction)"})

    class Parameters(FieldParameters):
        """See `FieldParameters`; on the sphere. Screening, softening and background are the field's, at a low T."""

        sphere: bool = Declared(True, description="put particles on the unit sphere instead of centring and scaling")
        large_temperature: bool = Declared(True, description="score by the mean shift alone")

    parameters: Parameters
    grid = {"sphere": (True, False), "large_temperature": (True, False)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Place particles and background; fit the temperature on the held-out samples."""
        self.field = Field.fit(train.features, train.labels, self.parameters, context)
        u = self.field.place(train.features[self.field.held_out])
        density, potential = self.field.log_density_gradient(u), self.field.gradient(u)
        self.temperature = float(-(density * potential).sum() / density.square().sum().clamp(min=1e-30))
        context.log(f"temperature {self.temperature:.4g}")

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the length of the residual force [B]."""
        u = self.field.place(batch.features)
        density = self.field.log_density_gradient(u)
        force = density if self.parameters.large_temperature else self.temperature * density + self.field.gradient(u)
        lengths: torch.Tensor = force.norm(dim=1)
        return -lengths
