"""Field-energy penalty: a reconstruction of the generalization half of collective behaviour dynamics."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData

from ._penultimate import features_and_logits

DISCLAIMER = (
    "Reconstruction: the authors' formula was not available. CBD-style penalty on the field energy of density "
    "perturbations, not the authors' implementation."
)
SCREENED = 10
"""The neighbour whose distance is the length of screening."""
SAMPLE = 500
"""Training images, at most, whose features set the scale."""


class CBDGen(Learner):
    """Adds to the cross-entropy the electrostatic energy of what a batch's features change in their mean density.

    Features are charges on the unit sphere. For random frequencies ``k ~ Normal(0, I / r^2)``, with r the median
    distance to the tenth-nearest of the training features after one epoch, ``d(k)`` is the batch's mean of
    ``exp(-i k.u)`` minus a running mean. The energy is the mean of ``|d(k)|^2``, weighted by ``1 / (|k|^2 + 1 / r^2)``,
    Poisson's equation in Fourier space. It is asked of the batch and of a copy with noise, after the first epoch.
    The weights are scaled to add up to 1: unscaled, the energy shrinks with the number of features.
    """

    name = "cbd-gen"
    version = "1"
    card = Card(
        title="Field-energy penalty (CBD-Gen), reconstruction",
        status="reconstruction",
        paper="Rethinking Out-of-Distribution Detection and Generalization with Collective Behavior Dynamics",
        authors="Wang, Zhang, Huang, Zhang, Wang",
        year=2025,
        note=DISCLAIMER,
    )

    class Parameters(Learner.Parameters):
        """Our choice, made on seeds of ood/coloured-digits that no table has."""

        weight: float = Field(0.1, ge=0, description="lambda, of the energy")
        frequencies: int = Field(256, ge=1, description="how many random frequencies, drawn once")
        noise: float = Field(0.1, ge=0, description="standard deviation of the copy's noise, in units of the input")
        memory: float = Field(0.9, ge=0, lt=1, description="of the running mean, what it keeps in a step")

    parameters: Parameters
    grid = {"weight": (0.01, 0.1, 1.0)}

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network; the field is set up after the first epoch."""
        self._data, self._generator, self._device = data, context.generator("field"), context.device
        self._steps = -(-len(data.pixels) // data.recipe.batch_size)
        self._density: torch.Tensor | None = None
        self.network = data.build(context.seed)
        data.fit(self.network, context, loss=self.loss)
        del self._data

    def loss(
        self,
        network: torch.nn.Module,
        images: torch.Tensor,
        labels: torch.Tensor,
        groups: torch.Tensor,
        environments: torch.Tensor,
    ) -> torch.Tensor:
        """Return the cross-entropy, and after the first epoch the weighted energies of the batch and of its copy."""
        features, logits = features_and_logits(network, images)
        risk = torch.nn.functional.cross_entropy(logits, labels)
        self._steps -= 1
        if self._steps == -1:
            self._set_up(network)
        if self._steps < 0:
            noise = torch.randn(images.shape, generator=self._generator).to(images.device)
            copy, _ = features_and_logits(network, images + self.parameters.noise * noise)
            risk = risk + self.parameters.weight * (self._energy(features) + self._energy(copy)) / 2
            self._remember(features)
        return risk

    def _set_up(self, network: torch.nn.Module) -> None:
        """Draw the frequencies by the scale of the training features as they are."""
        chosen = torch.randperm(len(self._data.pixels), generator=self._generator)[:SAMPLE]
        images = self._data.transform.normalise(self._data.pixels[chosen].to(self._device))
        with torch.no_grad():
            places = torch.nn.functional.normalize(features_and_logits(network, images)[0], dim=1)
        near = torch.cdist(places, places).sort(dim=1).values[:, min(SCREENED, len(places) - 1)]
        length = near.median().clamp(min=1e-3)
        drawn = torch.randn(self.parameters.frequencies, places.shape[1], generator=self._generator)
        self._frequencies = drawn.to(self._device) / length
        inverse = 1 / (self._frequencies.square().sum(dim=1) + length**-2)
        self._poisson = inverse / inverse.sum()
        self._density = self._transformed(places)

    def _transformed(self, places: torch.Tensor) -> torch.Tensor:
        """Return the mean of ``exp(-i k.u)`` over places u [B, D], as cosines and sines [2, frequencies]."""
        phases = places @ self._frequencies.T
        return torch.stack([phases.cos().mean(dim=0), -phases.sin().mean(dim=0)])

    def _energy(self, features: torch.Tensor) -> torch.Tensor:
        assert self._density is not None, "set up after the first epoch"
        changed = self._transformed(torch.nn.functional.normalize(features, dim=1)) - self._density
        return (self._poisson * changed.square().sum(dim=0)).sum()

    def _remember(self, features: torch.Tensor) -> None:
        assert self._density is not None, "set up after the first epoch"
        density = self._transformed(torch.nn.functional.normalize(features.detach(), dim=1))
        kept = self.parameters.memory
        self._density = kept * self._density + (1 - kept) * density
