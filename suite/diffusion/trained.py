"""A denoiser that was trained on a first task, once per seed, into the cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.diffusion.diffusion import Diffusion
from suite.diffusion.training import DenoisingRecipe
from suite.hashing import digest, file_digest
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.landscape.subject import Subject

FOLDER = "denoisers"


@dataclass(frozen=True)
class TrainedDenoiser(Ingredient):
    """A network that was trained from nothing.

    ``training`` returns the split of ``data`` to train on, once that is at hand, and reads no image; ``trained_on``
    names that split in words that stay the same from seed to seed. The rows and the seed say which network it is, the
    words which networks are of one kind.
    """

    kind = "model"
    name: str
    diffusion: Diffusion
    recipe: DenoisingRecipe
    seed: int
    training: Callable[[Resources], Split]
    trained_on: str
    data: DataSet
    optional: bool = False

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the sha256 of the weights, or None if they are not trained yet.

        Raises:
            Missing: data or pretrained weights are not at hand.
            SuiteError: a library that the denoiser needs is not installed.
        """
        recipe = self._recipe()  # first: it says at once if the extra is not installed
        found = {part.name: part.known_fingerprint(resources) for part in self._parts()}
        learned = None if None in found.values() else self.training(resources).learned(resources)
        if learned is None:
            return None
        identity = self._of(recipe, found, learned)
        return resources.cache.tensors_digest(FOLDER, identity)

    def make(self, resources: Resources) -> str:
        """Train the network."""
        self._weights(resources)
        return file_digest(resources.cache.path(FOLDER, self._identity(resources), ".safetensors"))

    def lineage(self, resources: Resources) -> str:
        """Return the hash of all but the seed."""
        return digest({**self._recipe(), "parts": self._fingerprints(resources)})

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device, training first if need be."""
        network = self.diffusion.network(self.seed, resources)
        network.load_state_dict(self._weights(resources))
        return network.to(resources.device).eval()

    def subject(self, resources: Resources, samples: int) -> Subject:
        """Return the network with some of its training inputs."""
        from suite.diffusion.subject import denoiser

        network, inputs = self.load(resources), self.diffusion.inputs(self.training(resources), resources)
        initial = self.diffusion.network(self.seed, resources)
        return denoiser(network, inputs, samples, self.diffusion.schedule, initial, resources)

    def _weights(self, resources: Resources) -> dict[str, Tensor]:
        return resources.cache.tensors(FOLDER, self._identity(resources), lambda: self._train(resources))

    def _train(self, resources: Resources) -> dict[str, Tensor]:
        resources.log(f"training {self.name}, seed {self.seed}")
        with threads(self.recipe.threads or 1):
            network = self.diffusion.network(self.seed, resources)
            self.recipe.train(
                network,
                self.diffusion.inputs(self.training(resources), resources),
                self.diffusion.schedule,
                seed=self.seed,
                device=resources.device,
                log=resources.log,
            )
        return network.state_dict()

    def _recipe(self) -> dict[str, Any]:
        return {
            "diffusion": self.diffusion.identity,
            "recipe": self.recipe.identity,
            "trained_on": self.trained_on,
        }

    def _identity(self, resources: Resources) -> dict[str, Any]:
        found, split = self._fingerprints(resources), self.training(resources)
        split.data.fingerprint(resources)
        return self._of(self._recipe(), found, split.learned(resources))

    def _of(self, recipe: dict[str, Any], parts: Mapping[str, Any], learned: dict[str, Any] | None) -> dict[str, Any]:
        cut_up = self.recipe.threads or 1
        return {**recipe, "seed": self.seed, "parts": dict(parts), "split": learned, "threads": cut_up}

    def _fingerprints(self, resources: Resources) -> dict[str, str]:
        return {part.name: part.fingerprint(resources) for part in self._parts()}

    def _parts(self) -> tuple[Ingredient, ...]:
        return (self.data, *self.diffusion.ingredients)
