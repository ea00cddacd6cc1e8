"""What tasks on a denoiser that memorizes declare."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from suite.contracts import Ingredient
from suite.data.dataset import DataSet
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.guided_training import GuidedRecipe
from suite.diffusion.schedule import Schedule
from suite.tracks.memorization.collection import Design
from suite.tracks.memorization.denoiser import CaptionedDenoiser


class Trained:
    """What the tasks on a denoiser that memorizes declare, and the denoiser itself.

    Attributes:
        data: the data set; ``images``: how many of its rows, from the first; None for all.
        design: of the collection.
        architecture: of the denoiser, without its number of tokens.
        stride: timesteps between two steps of DDIM; ``scale``: of guidance, the one that people want.
        noises: initial noises of a caption.
        shipped: where files of weights are, as ``<family>-<seed>.safetensors``; None for none.
    """

    family: ClassVar[str]
    data: ClassVar[DataSet]
    images: ClassVar[int | None] = None
    transform: ClassVar[Transform]
    design: ClassVar[Design]
    architecture: ClassVar[DenoiserArchitecture]
    schedule: ClassVar[Schedule]
    recipe: ClassVar[GuidedRecipe]
    stride: ClassVar[int]
    scale: ClassVar[float]
    noises: ClassVar[int]
    shipped: ClassVar[Path | None] = None

    def model(self, seed: int) -> CaptionedDenoiser:
        """Return the denoiser of a seed."""
        return CaptionedDenoiser(
            name=f"{self.family}-denoiser",
            data=self.data,
            transform=self.transform,
            design=self.design,
            architecture=self.architecture,
            schedule=self.schedule,
            recipe=self.recipe,
            seed=seed,
            shipped=None if self.shipped is None else self.shipped / f"{self.family}-{seed}.safetensors",
            images=self.images,
        )

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data and the denoiser."""
        return (self.data, self.model(seed))
