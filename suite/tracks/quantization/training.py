"""The labelled images that methods that train are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True)
class TrainingImages:
    """Training images, decoded when they are asked for.

    Attributes:
        split: what there is to train on.
        transform: turns pixels into the network's input.
        recipe: how the reference model was trained, whose augmentation is used here too, or None for none.
    """

    split: Split
    transform: Transform
    recipe: Recipe | None
    resources: Resources

    def __len__(self) -> int:
        return len(self.split.rows(self.resources))

    @property
    def device(self) -> str:
        """Where images are computed with."""
        return self.resources.device

    @property
    def labels(self) -> Tensor:
        """The labels [N], int64."""
        import torch

        return torch.from_numpy(self.split.targets(self.resources))

    def pixels(self, rows: Tensor) -> Tensor:
        """Return the pixels at ``rows``, in their order, uint8 [B, height, width, channels]."""
        return self.split.pixels(self.transform, self.resources, rows.numpy())

    def batches(self, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images [B, C, H, W], labels [B]) of one epoch, in random order, augmented, on the device."""
        import torch

        labels, transform, recipe, device = self.labels, self.transform, self.recipe, self.device
        for rows in torch.split(torch.randperm(len(self), generator=generator), size):
            pixels = self.pixels(rows)
            if recipe is not None:
                pixels = recipe.augmented(pixels, generator)
            yield transform.normalise(pixels.to(device)), labels[rows].to(device)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` random images [count, C, H, W], or all if there are fewer, not augmented."""
        import torch

        rows = torch.randperm(len(self), generator=generator)[:count].sort().values
        return self.transform.normalise(self.pixels(rows).to(self.device))
