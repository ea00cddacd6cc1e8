"""What a task trains: a network before its first task, the space that it works in, and its schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from suite.contracts import Ingredient, Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.schedule import Schedule

if TYPE_CHECKING:
    from torch import Tensor, nn


class Diffusion(Protocol):
    """A diffusion model on pixels or on latents: `PixelDiffusion` or `StableDiffusion`."""

    @property
    def schedule(self) -> Schedule:
        """The noise of every timestep."""

    @property
    def transform(self) -> Transform:
        """What turns images into the pixels that a buffer stores."""

    @property
    def ingredients(self) -> tuple[Ingredient, ...]:
        """Pretrained weights that it starts from."""

    @property
    def identity(self) -> dict[str, Any]:
        """All that it follows from besides ingredients and seed, as plain data.

        Raises:
            SuiteError: a library that it needs is not installed.
        """

    def network(self, seed: int, resources: Resources) -> nn.Module:
        """Return the network before any task: noised inputs [B, C, H, W] and timesteps [B] to noise [B, C, H, W].

        Raises:
            Missing: pretrained weights are not at hand.
        """

    def inputs(self, split: Split, resources: Resources) -> Tensor:
        """Return the images of a split in the space that the network works in [N, C, H, W], float32, on the CPU."""
