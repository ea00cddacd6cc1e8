"""Architectures by name: the suite's own, or any of timm's."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

OWN = {
    "lenet": "suite.models.architectures.lenet:LeNet",
    "mlp": "suite.models.architectures.mlp:MLP",
    "resnet-cifar": "suite.models.architectures.resnet_cifar:ResNetCIFAR",
    "small-cnn": "suite.models.architectures.small_cnn:SmallCNN",
}


@dataclass(frozen=True)
class Architecture:
    """A network by name with its arguments: a key of `OWN`, or ``timm/<name>``.

    The network maps images to logits [N, C], and its ``get_classifier()`` returns the linear head.
    """

    name: str
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def identity(self) -> dict[str, Any]:
        """The architecture as plain data, for hashing."""
        return {"name": self.name, "arguments": self.arguments}

    def build(self) -> nn.Module:
        """Return the network with fresh weights, drawn from torch's global generator.

        Raises:
            KeyError: there is no architecture of that name.
        """
        if self.name.startswith("timm/"):
            from timm import create_model

            network: nn.Module = create_model(self.name.removeprefix("timm/"), pretrained=False, **self.arguments)
            return network
        module, _, attribute = OWN[self.name].partition(":")
        built: nn.Module = getattr(import_module(module), attribute)(**self.arguments)
        return built
