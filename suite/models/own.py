"""A network of the user's own: an architecture by name with weights from a file, checked by what the file holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources, Substitute
from suite.data.transform import Transform
from suite.errors import Damaged
from suite.hashing import digest
from suite.models.architecture import Architecture
from suite.models.network import Network

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class OwnNetwork(Substitute, Network):
    """A network with the weights of a safetensors file. `suite.models.brought.bring` makes a checked one.

    Attributes:
        file: where the weights lie.
        sha256: of the file.
        architecture: with all arguments that the weights need.
        transform: what turns images into its input.
    """

    file: Path
    sha256: str
    architecture: Architecture
    transform: Transform
    recipe: None = field(default=None, init=False)  # nobody said how it was trained

    @property
    def name(self) -> str:  # type: ignore[override] # a field of other ingredients
        """The architecture, and the start of the hash of all that answers depend on: ``resnet18-0123456789ab``."""
        short = re.sub(r"[^a-z0-9_.-]", "-", self.architecture.name.removeprefix("timm/").lower())[:40]
        return f"{short}-{digest(self.identity)[:12]}"

    @property
    def identity(self) -> dict[str, Any]:
        """Architecture, arguments, transform and sha256 of the weights, as plain data."""
        return {
            "architecture": self.architecture.name,
            "arguments": self.architecture.arguments,
            "transform": self.transform.identity,
            "sha256": self.sha256,
        }

    @property
    def about(self) -> str:
        """Architecture, arguments, input and hash in one line."""
        look = self.transform
        arguments = "".join(f", {name}={value}" for name, value in self.architecture.arguments.items())
        resized = f", shorter side {look.shorter}" if look.shorter else ""
        kind = "RGB" if look.channels == 3 else "grey"
        mean, std = (" ".join(f"{value:.4g}" for value in values) for values in (look.mean, look.std))
        seen = f"{look.size}x{look.size} {kind}{resized}, mean {mean}, std {std}"
        return f"{self.architecture.name}{arguments}; {seen}; sha256 {self.sha256[:12]}"

    def known_fingerprint(self, resources: Resources) -> str:
        """Return the hash of `identity`; the file's sha256 is compared with it.

        Raises:
            Damaged: the file is missing, or is another now.
        """
        found = resources.cache.file_digest(self.file) if self.file.is_file() else ""
        if found != self.sha256:
            what = f"has changed: its sha256 is {found[:12]}…, not {self.sha256[:12]}…" if found else "is missing"
            raise Damaged(
                f"the file of the network {self.name} {what}",
                place=str(self.file),
                next="give the file again: suite run --task TASK --model FILE --architecture NAME",
            )
        return digest(self.identity)

    def make(self, resources: Resources) -> str:
        """Return the fingerprint: there is nothing to make."""
        return self.known_fingerprint(resources)

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device.

        Raises:
            Damaged: the file is gone, or is another now.
        """
        from safetensors.torch import load_file

        self.known_fingerprint(resources)
        network = self.architecture.build()
        network.load_state_dict(load_file(self.file))
        return network.to(resources.device).eval()
