"""The denoiser of a mixture: trained on its points, or read where its weights come with the suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Resources
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.lazy import torch
from suite.models.threads import threads
from suite.tracks.memorization import weights
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.recipe import EvenRecipe
from suite.tracks.memorization.mixtures.sampling import cut_schedule

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.landscape.subject import Subject

FOLDER = "mixture-denoisers"


@dataclass(frozen=True)
class MixtureDenoiser(Ingredient):
    """A denoiser of points that is told no condition.

    Attributes:
        shared: whether its layers share weights, as in the authors' code.
        seed: of points, first weights, batches and noise.
        shipped: a file of weights of this very mixture, recipe and seed; another one is not used. None for none.
    """

    kind = "model"
    name: str
    mixture: Mixture
    shared: bool
    recipe: EvenRecipe
    seed: int = 0
    shipped: Path | None = None
    optional: bool = field(default=False, kw_only=True)

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the sha256 of the weights, or None if they are not trained yet."""
        if file := weights.fitting(self.shipped, self.identity):
            return resources.cache.file_digest(file)
        return resources.cache.tensors_digest(FOLDER, self.identity)

    def make(self, resources: Resources) -> str:
        """Train, unless the weights came with the suite."""
        self._weights(resources)
        known = self.known_fingerprint(resources)
        assert known is not None
        return known

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, frozen, on the CPU, training it first if need be."""
        network = self._network(self.seed)
        network.load_state_dict(self._weights(resources))
        return network.eval().requires_grad_(False)

    def retrained(self, points: Tensor, seed: int, log: Callable[[str], None]) -> nn.Module:
        """Return a fresh network of the same kind, trained by the same recipe on other points [N, D], frozen."""
        network = self._network(seed)
        self.recipe.train(network, points, cut_schedule(), seed, log)
        return network.requires_grad_(False)

    def subject(self, resources: Resources, samples: int) -> Subject:
        """Return the network with some of its training points, each at every timestep with a noise of its own."""
        from suite.landscape.subject import Subject, chosen

        clean = self.points[chosen(len(self.points), samples)]
        generator, schedule = torch.Generator().manual_seed(0), cut_schedule()
        times = torch.arange(schedule.steps)
        noise = torch.randn((len(clean), schedule.steps, clean.shape[1]), generator=generator)
        noised = schedule.noised(clean.expand(schedule.steps, *clean.shape), times, noise.transpose(0, 1))

        def loss(network: nn.Module, noised: Tensor, noise: Tensor) -> Tensor:
            error: Tensor = network(noised, times) - noise
            return error.square().mean()

        data = (noised.transpose(0, 1), noise)
        return Subject(network=self.load(resources), loss=loss, data=data, initial=self._network(self.seed))

    @property
    def points(self) -> Tensor:
        """What it is trained on [N, D]."""
        return self.mixture.drawn(self.seed)

    def write(self, file: Path, resources: Resources) -> None:
        """Write the weights in half precision with what they follow from, as a file to ship."""
        weights.write(file, self._weights(resources), self.identity)

    @property
    def identity(self) -> dict[str, Any]:
        """What the weights follow from, as plain data."""
        return {
            "mixture": self.mixture.identity,
            "architecture": self._architecture.identity,
            "schedule": cut_schedule().identity,
            "recipe": self.recipe.identity,
            "seed": self.seed,
        }

    @property
    def _architecture(self) -> DenoiserArchitecture:
        return DenoiserArchitecture("temporal-mlp", {"size": self.mixture.size, "shared": self.shared})

    def _network(self, seed: int) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self._architecture.build()

    def _weights(self, resources: Resources) -> dict[str, Tensor]:
        if file := weights.fitting(self.shipped, self.identity):
            return weights.read(file)
        return resources.cache.tensors(FOLDER, self.identity, lambda: self._trained(resources))

    def _trained(self, resources: Resources) -> dict[str, Tensor]:
        resources.log(f"training {self.name}")
        with threads(1):  # the same weights on any number of cores
            return self.retrained(self.points, self.seed, resources.log).state_dict()
