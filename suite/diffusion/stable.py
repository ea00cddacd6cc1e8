"""Stable Diffusion: diffusion on the latents of a frozen autoencoder, from pretrained weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.pipeline import PretrainedPipeline
from suite.diffusion.schedule import Schedule
from suite.extras import check_library
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

SCHEDULE = Schedule(steps=1000, first=0.00085, last=0.012, curve="scaled_linear")
"""That of the pretrained weights."""
ENCODED = 4
"""Images in a pass of the autoencoder."""


@dataclass(frozen=True)
class StableDiffusion:
    """Implements `Diffusion`: the U-Net is trained, with the empty prompt; autoencoder and text encoder stay as is.

    Latents are the mode of the autoencoder's posterior times its scaling factor.

    Attributes:
        pipeline: the pretrained weights.
        transform: images as a buffer stores them; it normalises them to [-1, 1].
        size: height and width in pixels that they are enlarged to for the autoencoder, bicubically.
    """

    pipeline: PretrainedPipeline
    transform: Transform
    size: int
    schedule: Schedule = field(default_factory=lambda: SCHEDULE)

    @property
    def ingredients(self) -> tuple[Ingredient, ...]:
        """The pretrained weights."""
        return (self.pipeline,)

    @property
    def identity(self) -> dict[str, Any]:
        """See `Diffusion`."""
        check_library("diffusers")
        check_library("transformers")
        return {"size": self.size, "transform": self.transform.identity, "schedule": self.schedule.identity}

    def network(self, seed: int, resources: Resources) -> nn.Module:
        """See `Diffusion`; the same for every seed."""
        from suite.diffusion.unets import PromptedUNet

        return PromptedUNet(self.pipeline.load("unet", resources), self._prompt(resources))

    def inputs(self, split: Split, resources: Resources) -> Tensor:
        """Return the latents of a split's images [N, C, H, W], encoded once."""
        identity = {
            "weights": self.pipeline.fingerprint(resources),
            "images": split.identity(resources),
            "transform": self.transform.identity,
            "size": self.size,
        }
        made = resources.cache.tensors("latents", identity, lambda: {"latents": self._encoded(split, resources)})
        return made["latents"]

    def _encoded(self, split: Split, resources: Resources) -> Tensor:
        from torch.nn import functional as F

        vae = self.pipeline.load("vae", resources).to(resources.device)
        found = []
        with torch.no_grad():
            for pixels in torch.split(split.pixels(self.transform, resources), ENCODED):
                images = self.transform.normalise(pixels.to(resources.device))
                images = F.interpolate(images, size=(self.size, self.size), mode="bicubic").clamp(-1, 1)
                found.append((vae.encode(images).latent_dist.mode() * vae.config.scaling_factor).cpu())
        return torch.cat(found)

    def _prompt(self, resources: Resources) -> Tensor:
        """Return the empty prompt as the text encoder embeds it [1, L, D]."""
        tokenizer = self.pipeline.load("tokenizer", resources)
        encoder = self.pipeline.load("text_encoder", resources)
        length = encoder.config.max_position_embeddings
        tokens = tokenizer("", padding="max_length", max_length=length, truncation=True, return_tensors="pt")
        with torch.no_grad():
            embedded: Tensor = encoder(tokens.input_ids)[0]
        return embedded
