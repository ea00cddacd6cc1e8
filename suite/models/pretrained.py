"""Pretrained networks: timm's, with the weights of its hub repositories at a pinned revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from suite.contracts import Missing, Resources
from suite.data.transform import Transform
from suite.errors import Damaged, first_line
from suite.hashing import file_digest
from suite.models.architecture import Architecture
from suite.models.network import Network

if TYPE_CHECKING:
    from torch import nn

FILE = "model.safetensors"


@dataclass(frozen=True)
class PretrainedModel(Network):
    """One of timm's networks with pretrained weights.

    ``SUITE_WEIGHTS/<repository>/model.safetensors`` is read where that file exists. Otherwise it is downloaded from the
    hub at the pinned revision, which is allowed as for data: once SUITE_DATA is set, only with SUITE_HUB=1.

    Attributes:
        name: the name that provenance and messages use.
        architecture: one of timm's, as ``timm/resnet50``.
        repository: the hub repository of the weights, as ``timm/resnet50.tv_in1k``.
        revision: a commit of it.
        transform: what the network was trained to see.
    """

    name: str
    architecture: Architecture
    repository: str
    revision: str
    transform: Transform
    recipe: None = field(default=None, init=False)  # the suite cannot train it again

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the weights' sha256 if they are on this machine, or None if they have to be downloaded first.

        Raises:
            Missing: they are not on this machine, and the hub is off.
        """
        given = self._mirrored(resources)
        if given is not None:
            return resources.cache.file_digest(given)
        if not resources.settings.hub_allowed:
            raise Missing(f"no {self.repository}/{FILE} under SUITE_WEIGHTS; the hub is off")
        note = resources.cache.note("pretrained", self._identity())
        return None if note is None else str(note["sha256"])

    def make(self, resources: Resources) -> str:
        """Download the weights."""
        sha256 = file_digest(self.path(resources))
        resources.cache.write_note("pretrained", self._identity(), {"sha256": sha256})
        return sha256

    def path(self, resources: Resources) -> Path:
        """Return the file of the weights, downloaded if need be.

        Raises:
            Missing: it is not on this machine and cannot be downloaded.
        """
        given = self._mirrored(resources)
        if given is not None:
            return given
        from huggingface_hub import hf_hub_download

        resources.log(f"weights of {self.repository}")
        try:
            return Path(hf_hub_download(self.repository, FILE, revision=self.revision))
        except Exception as error:  # the library raises whatever the network does
            raise Missing(f"{self.repository} could not be downloaded: {type(error).__name__}") from error

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device.

        Raises:
            Damaged: the file is not one of this architecture's weights.
        """
        from timm import create_model

        path = self.path(resources)
        name = self.architecture.name.removeprefix("timm/")
        try:
            network: nn.Module = create_model(
                name, pretrained=True, pretrained_cfg_overlay={"file": str(path)}, **self.architecture.arguments
            )
        except Exception as error:  # safetensors and torch each raise their own
            raise Damaged(
                f"the weights do not fit {self.architecture.name!r}: {first_line(error)}",
                place=str(path),
                next="restore the file from the hub, or delete it to download it again, then: suite run",
            ) from error
        return self.architecture.built(network.to(resources.device).eval())

    def _identity(self) -> dict[str, str]:
        return {"repository": self.repository, "file": FILE, "revision": self.revision}

    def _mirrored(self, resources: Resources) -> Path | None:
        folder = resources.settings.weights
        path = None if folder is None else folder / self.repository / FILE
        return path if path is not None and path.is_file() else None
