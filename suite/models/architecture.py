"""Architectures by name: the suite's own, or any of timm's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from suite.errors import SuiteError, did_you_mean

if TYPE_CHECKING:
    from torch import nn

OWN = {
    "lenet": "suite.models.architectures.lenet:LeNet",
    "mlp": "suite.models.architectures.mlp:MLP",
    "resnet-cifar": "suite.models.architectures.resnet_cifar:ResNetCIFAR",
    "resnet18-32x32": "suite.models.architectures.resnet18_32x32:ResNet18For32",
    "small-cnn": "suite.models.architectures.small_cnn:SmallCNN",
}
LOADERS = frozenset(
    ("model_name", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "checkpoint_path", "cache_dir")
)
"""Arguments of timm's that say where weights come from, and so are none of an architecture."""


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
            return self.built(network)
        module, _, attribute = OWN[self.name].partition(":")
        return self.built(getattr(import_module(module), attribute)(**self.arguments))

    def built(self, network: nn.Module) -> nn.Module:
        """Return a network of this architecture with a note of it: so it can be sent to another process."""
        network.built_as = self  # type: ignore[assignment] # torch's types know tensors and modules alone
        return network


def architecture_of(name: str, arguments: Mapping[str, Any]) -> Architecture:
    """Return an architecture as people name it: ``resnet20-cifar``, a key of `OWN`, or one of timm's, as ``resnet18``.

    Raises:
        SuiteError: there is none of that name, or an argument would load weights.
    """
    if loads := sorted(LOADERS & arguments.keys()):
        raise SuiteError(
            f"{loads[0]!r} cannot be set: the weights come from the file",
            place=f"--argument {loads[0]}=...",
            next=f"leave it out: suite run --model FILE --architecture {name}",
        )
    if depth := re.fullmatch(r"resnet(\d{1,4})-cifar", name):
        return Architecture("resnet-cifar", {"depth": int(depth[1]), **arguments})
    if name in OWN:
        return Architecture(name, dict(arguments))
    from timm import is_model, list_models

    short = name.removeprefix("timm/")
    if not is_model(short):
        known = [*OWN, "resnet20-cifar", *list_models()]
        raise SuiteError(
            f"unknown architecture {name!r}.{did_you_mean(short, known)}",
            place="--architecture",
            next="list timm's: python -c 'import timm; print(timm.list_models())'",
        )
    return Architecture(f"timm/{short}", dict(arguments))
