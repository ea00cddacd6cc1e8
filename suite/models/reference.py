"""Reference models: given weights or a recipe, always safetensors with a sha256, never pickles."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.errors import Damaged, SuiteError, first_line
from suite.hashing import digest, file_digest
from suite.lazy import torch
from suite.models.architecture import Architecture
from suite.models.network import Network
from suite.models.recipe import Recipe
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import nn

    from suite.landscape.subject import Subject


@dataclass(frozen=True)
class GivenWeights:
    """A file under SUITE_WEIGHTS with its sha256; where it is not there, the suite may have ``shipped`` it."""

    file: str
    sha256: str
    shipped: Path | None = None


@dataclass(frozen=True)
class ReferenceModel(Network):
    """One trained network of a task.

    ``given`` is used when SUITE_WEIGHTS has it, or it is shipped; otherwise ``recipe`` trains the network, once, into
    the cache.
    ``training`` returns the split of ``data`` to train on, once that is at hand, and reads no image; ``trained_on``
    names that split in words that stay the same from seed to seed. The rows, their labels and the seed say which
    network it is, the words which networks are of one kind.
    """

    name: str
    architecture: Architecture
    transform: Transform
    seed: int
    recipe: Recipe
    training: Callable[[Resources], Split]
    trained_on: str
    data: DataSet
    given: GivenWeights | None = None

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the checkpoint's sha256, or None if it is not trained yet."""
        given = self._given_path(resources)
        if given is not None:
            return self._checked(given, self.given.sha256 if self.given else "", resources)
        identity = self._identity(resources)
        if identity is None:
            return None
        note = resources.cache.note("models", identity)
        found = resources.cache.tensors_digest("models", identity)
        return found if note is not None and note["sha256"] == found else None  # damaged, it is trained again

    def make(self, resources: Resources) -> str:
        """Train the model, unless another process does so meanwhile."""
        identity = self._made_identity(resources)
        path = resources.cache.path("models", identity, ".safetensors")
        with resources.cache.lock(path):
            known = self.known_fingerprint(resources)
            if known is not None:
                return known
            with threads(self.recipe.threads):
                return self._train(path, identity, resources)

    def lineage(self, resources: Resources) -> str:
        """Return the sha256 of given weights, or the hash of the recipe without the seed."""
        if self.given is not None and self._given_path(resources) is not None:
            return self.given.sha256
        return digest({**self._recipe(), "data": self.data.fingerprint(resources)})

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device; a damaged one is trained again.

        Raises:
            Damaged: given weights are not those that the task names.
            SuiteError: the checkpoint is not of this architecture.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = self.path(resources)
        self._checked(path, self.fingerprint(resources), resources)
        network = self.architecture.build()
        try:
            network.load_state_dict(load_file(path))
        except (SafetensorError, RuntimeError) as error:
            raise SuiteError(
                f"the checkpoint does not fit {self.architecture.name!r}: {first_line(error)}",
                place=str(path),
                next="restore the file, or delete it and train again: suite run",
            ) from error
        return network.to(resources.device).eval()

    def subject(self, resources: Resources, samples: int) -> Subject:
        """Return the network with some of its training images; its first weights are known where the recipe made it."""
        from suite.landscape.subject import chosen
        from suite.models.subject import classifier

        self.fingerprint(resources)
        split = self.training(resources)
        places = chosen(len(split.rows(resources)), samples).numpy()
        images = self.transform.normalise(split.pixels(self.transform, resources, places).to(resources.device))
        labels = torch.from_numpy(split.targets(resources)[places]).to(resources.device)
        with torch.random.fork_rng(devices=[]):
            initial = self._built().to(resources.device) if self._given_path(resources) is None else None
        return classifier(self.load(resources), images, labels, initial)

    def path(self, resources: Resources) -> Path:
        """Return where the checkpoint lies, or will lie once trained."""
        given = self._given_path(resources)
        if given is not None:
            return given
        return resources.cache.path("models", self._made_identity(resources), ".safetensors")

    def _recipe(self) -> dict[str, Any]:
        return {
            "architecture": self.architecture.identity,
            "recipe": self.recipe.identity,
            "transform": self.transform.identity,
            "trained_on": self.trained_on,
        }

    def _identity(self, resources: Resources) -> dict[str, Any] | None:
        """Return all that the weights follow from; None while the data's fingerprint is not known."""
        at_hand = self.data.known_fingerprint(resources) is not None
        learned = self.training(resources).learned(resources) if at_hand else None
        if learned is None:
            return None
        return {**self._recipe(), "seed": self.seed, "split": learned, "threads": self.recipe.threads}

    def _made_identity(self, resources: Resources) -> dict[str, Any]:
        self.data.fingerprint(resources)
        self.training(resources).data.fingerprint(resources)
        identity = self._identity(resources)
        assert identity is not None
        return identity

    def _given_path(self, resources: Resources) -> Path | None:
        folder = resources.settings.weights
        if self.given is None:
            return None
        if folder is None:
            return self.given.shipped
        path = folder / self.given.file
        if not folder.is_dir():
            raise SuiteError(
                "the folder of reference weights does not exist",
                place=f"SUITE_WEIGHTS={folder}",
                next=f"export SUITE_WEIGHTS=<folder with {self.given.file}>, or unset SUITE_WEIGHTS to train",
            )
        return path if path.exists() else self.given.shipped

    def _checked(self, path: Path, expected: str, resources: Resources) -> str:
        if not path.exists():
            raise Missing(f"the checkpoint {path} does not exist")
        found = resources.cache.file_digest(path)
        if found != expected:
            raise Damaged(
                f"the checkpoint of {self.name!r} is damaged: its sha256 is {found[:12]}…, not {expected[:12]}…",
                place=str(path),
                next=f"delete it, and the suite makes it again: rm {path}",
            )
        return found

    def _built(self) -> nn.Module:
        torch.manual_seed(self.seed)
        return self.architecture.build()

    def _train(self, path: Path, identity: dict[str, Any], resources: Resources) -> str:
        resources.log(f"training {self.name}, seed {self.seed}")
        started = time.perf_counter()
        split = self.training(resources)
        pixels = split.pixels(self.transform, resources)
        labels = torch.from_numpy(split.targets(resources))
        network = self._built()
        self.recipe.train(
            network, pixels, labels, self.transform, seed=self.seed, device=resources.device, log=resources.log
        )
        state = {name: tensor.contiguous().cpu() for name, tensor in network.state_dict().items()}
        resources.cache.write_tensors("models", identity, state)
        sha256 = file_digest(path)
        seconds = round(time.perf_counter() - started, 1)
        resources.cache.write_note("models", identity, {"sha256": sha256, "seconds": seconds})
        return sha256
