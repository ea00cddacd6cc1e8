"""A small DDPM that learns three distant kinds of images one after the other: no download, about five CPU minutes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from suite import Cost
from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION
from suite.tracks.replay.generation.part import Part
from suite.tracks.replay.generation.protocol import GenerationTask

from ..data_sets import DIGITS

PATCHES = DataSet("photograph-patches", Embedded("photograph-patches"))
PATCH = 10
RARE = 4
"""The last class of each task of digits has one image in so many."""


class DistantDDPMTask(GenerationTask):
    """Five digits, then patches of photographs, then the other five digits."""

    id = "replay/ddpm-distant"
    version = "1"
    tier = "standard"
    title = "Three distant kinds of images, small DDPM"
    summary = (
        f"{RECONSTRUCTION} A DDPM on 64 pixels (an MLP with two residual blocks of width 128, 1,000 timesteps to an "
        "abar of 0.002) learns five classes of scikit-learn's digits, then 1,000 patches of its two photographs, then "
        "the other five digits; the seed draws which, and of the last class of either a quarter of the images is "
        "there. After each task but the last a method selects, 60 samples in all; replayed beside every batch are as "
        "many for each earlier task as current ones, for the same 600 updates whatever is replayed. After each task "
        "600 images are generated from the same noise, by DDIM in 20 steps. A support vector classifier of real "
        "images says which class each is of, or none. Without replay more than 0.7 of the coverage is lost, which a "
        "test holds; what ranks is what the last network covers of all three tasks. Nothing is held out: what is asked "
        "is how much of the training data is forgotten. Tasks, budget, training and metrics are our own design."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=11.0, cell=4.0)
    data = (DIGITS, PATCHES)
    kept = 60
    first_recipe = DenoisingRecipe(updates=4_000, batch_size=64, learning_rate=2e-3, average=0.995, threads=1)
    next_recipe = DenoisingRecipe(updates=600, batch_size=32, learning_rate=2e-3, average=0.99, threads=1)
    images = 600
    classes = 11

    def parts(self, seed: int, resources: Resources) -> list[Part]:
        """Return five classes, patches, and the other five classes; the seed draws which."""
        labels = DIGITS.open(resources).labels
        first, last = np.split(np.random.default_rng(seed).permutation(10), 2)
        digits = [Part(Split(DIGITS, _rows(labels, classes))) for classes in (first, last)]
        return [digits[0], Part(Split(PATCHES), label=PATCH), digits[1]]

    def diffusion(self) -> PixelDiffusion:
        """Return the MLP on pixels in [-1, 1]."""
        return PixelDiffusion(
            DenoiserArchitecture("mlp", {"shape": [1, 8, 8], "width": 128, "blocks": 2}),
            Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
            Schedule(last=0.012),
        )


def _rows(labels: NDArray[np.int64], classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of some classes, of the last of them one in `RARE`."""
    rare = np.flatnonzero(labels == classes[-1])[::RARE]
    return np.sort(np.concatenate([np.flatnonzero(np.isin(labels, classes[:-1])), rare]))
