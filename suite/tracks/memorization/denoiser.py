"""The denoiser of a seed: trained on its captioned collection, or read where its weights come with the suite."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.guided_training import GuidedRecipe
from suite.diffusion.schedule import Schedule
from suite.hashing import digest, file_digest
from suite.lazy import torch
from suite.models.threads import threads
from suite.tracks.memorization import weights
from suite.tracks.memorization.collection import Collection, Design

if TYPE_CHECKING:
    from torch import Tensor

    from suite.diffusion.captions import Captioned
    from suite.landscape.subject import Subject

FOLDER = "captioned-denoisers"


@dataclass(frozen=True)
class CaptionedDenoiser(Ingredient):
    """A denoiser that is told captions.

    Attributes:
        architecture: without its number of tokens, which is the design's.
        shipped: a file of weights of this very data, recipe and seed; another one is not used. None for none.
    """

    kind = "model"
    name: str
    data: DataSet
    transform: Transform
    design: Design
    architecture: DenoiserArchitecture
    schedule: Schedule
    recipe: GuidedRecipe
    seed: int
    shipped: Path | None = None
    images: int | None = None
    optional: bool = field(default=False, kw_only=True)

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the sha256 of the weights, or None if they are not trained yet.

        Raises:
            Missing: the data are not at hand.
        """
        data = self.data.known_fingerprint(resources)
        if data is None:
            return None
        identity = self._identity(data)
        if file := weights.fitting(self.shipped, identity):
            return resources.cache.file_digest(file)
        return resources.cache.tensors_digest(FOLDER, identity)

    def make(self, resources: Resources) -> str:
        """Train, unless the weights came with the suite."""
        identity = self._identity(self.data.fingerprint(resources))
        if file := weights.fitting(self.shipped, identity):
            return resources.cache.file_digest(file)
        self._weights(resources)
        return file_digest(resources.cache.path(FOLDER, identity, ".safetensors"))

    def lineage(self, resources: Resources) -> str:
        """Return the hash of all but the seed."""
        return digest({**self._recipe(), "data": self.data.fingerprint(resources)})

    def load(self, resources: Resources) -> Captioned:
        """Return the network with its weights, frozen, on the device, training it first if need be."""
        network = self._network()
        network.load_state_dict(self._weights(resources))
        network.to(memory_format=torch.channels_last)
        return network.to(resources.device).eval().requires_grad_(False)

    def collection(self, resources: Resources) -> Collection:
        """Return what it is trained on."""
        pixels = self._split(resources).pixels(self.transform, resources)
        return Collection(self.transform.normalise(pixels), self.design, self.seed)

    def subject(self, resources: Resources, samples: int) -> Subject:
        """Return the network with some of its training images and their captions."""
        from suite.diffusion.subject import denoiser

        collection = self.collection(resources)
        rows, captions = collection.training_rows
        network, images = self.load(resources), collection.train[rows]
        return denoiser(network, images, samples, self.schedule, self._network(), resources, captions)

    def labels(self, resources: Resources) -> Tensor:
        """Return the classes of the held-out images, in the collection's order."""
        labels = torch.from_numpy(self._split(resources).targets(resources))
        return labels[Collection.order(len(labels))[: self.design.held]]

    def data_identity(self, resources: Resources) -> dict[str, Any]:
        """Return what the images depend on and how many are held out, as plain data."""
        data = {"data": self.data.fingerprint(resources), "images": self.images, "transform": self.transform.identity}
        return {**data, "held": self.design.held}

    def write(self, file: Path, resources: Resources) -> None:
        """Write the weights in half precision with what they follow from, as a file to ship."""
        weights.write(file, self._weights(resources), self._identity(self.data.fingerprint(resources)))

    def _split(self, resources: Resources) -> Split:
        import numpy as np

        return Split(self.data, None if self.images is None else np.arange(self.images))

    def _network(self) -> Captioned:
        arguments = {**self.architecture.arguments, "tokens": self.design.tokens}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network: Any = DenoiserArchitecture(self.architecture.name, arguments).build()
        captioned: Captioned = network
        return captioned

    def _weights(self, resources: Resources) -> dict[str, Tensor]:
        identity = self._identity(self.data.fingerprint(resources))
        if file := weights.fitting(self.shipped, identity):
            return weights.read(file)
        return resources.cache.tensors(FOLDER, identity, lambda: self._train(resources))

    def _train(self, resources: Resources) -> dict[str, Tensor]:
        resources.log(f"training {self.name}, seed {self.seed}")
        network, collection = self._network(), self.collection(resources)
        rows, captions = collection.training_rows
        with threads(1):  # the same weights on any number of cores
            self.recipe.train(
                network,
                collection.train[rows],
                captions,
                self.schedule,
                seed=self.seed,
                device=resources.device,
                log=resources.log,
            )
        return network.state_dict()

    def _recipe(self) -> dict[str, Any]:
        return {
            "transform": self.transform.identity,
            "images": self.images,
            "design": self.design.identity,
            "architecture": self.architecture.identity,
            "schedule": self.schedule.identity,
            "recipe": self.recipe.identity,
        }

    def _identity(self, data: str) -> dict[str, Any]:
        return {**self._recipe(), "seed": self.seed, "data": data}
