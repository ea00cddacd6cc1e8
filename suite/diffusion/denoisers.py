"""Denoisers by name: networks that map noised inputs [B, C, H, W] and timesteps [B] to the noise in them.

Those whose names begin with ``captioned`` are told conditions [B, D] besides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from suite.extras import check_library

if TYPE_CHECKING:
    from torch import nn

OWN = {
    "mlp": "suite.diffusion.mlp:MLP",
    "unet": "suite.diffusion.unets:UNet",
    "plain-unet": "suite.diffusion.plain_unet:PlainUNet",
    "captioned-unet": "suite.diffusion.convolutional:CaptionedUNet",
    "captioned-patch-unet": "suite.diffusion.patches:CaptionedPatchUNet",
    "captioned-mlp": "suite.diffusion.captioned_mlp:CaptionedMLP",
    "temporal-mlp": "suite.diffusion.temporal_mlp:TemporalMLP",
}
NEEDS: dict[str, str] = {"unet": "diffusers"}


@dataclass(frozen=True)
class DenoiserArchitecture:
    """A denoiser by name, a key of `OWN`, with its arguments."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def identity(self) -> dict[str, Any]:
        """The architecture as plain data, for hashing.

        Raises:
            SuiteError: a library that it needs is not installed.
        """
        if self.name in NEEDS:
            check_library(NEEDS[self.name])
        return {"name": self.name, "arguments": self.arguments}

    def build(self) -> nn.Module:
        """Return the denoiser with fresh weights, drawn from torch's global generator.

        Raises:
            KeyError: there is no denoiser of that name.
            SuiteError: a library that it needs is not installed.
        """
        module, _, attribute = OWN[self.name].partition(":")
        built: nn.Module = getattr(import_module(module), attribute)(**self.arguments)
        return built
