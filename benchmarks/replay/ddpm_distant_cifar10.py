"""A DDPM at 32x32 pixels that learns photographs of vehicles, then five handwritten digits, then the other five."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from suite import Cost
from suite.contracts import Column, Resources, Tier
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION
from suite.tracks.replay.generation.metrics import ALL, MODES
from suite.tracks.replay.generation.part import Part
from suite.tracks.replay.generation.protocol import GenerationTask

from ..data_sets import CIFAR10_TRAIN, MNIST_TRAIN

IMAGES = 1000
VEHICLES, VEHICLE = (0, 1, 8, 9), 10
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


class DistantCIFAR10Task(GenerationTask):
    """Vehicles of CIFAR-10, then five digits of MNIST, then the other five."""

    id = "replay/ddpm-distant-cifar10"
    version = "1"
    tier: ClassVar[Tier] = "standard"
    title = "Vehicles, digits, other digits at 32x32, DDPM"
    summary = (
        f"{RECONSTRUCTION} A DDPM at 32x32 pixels (a convolutional U-Net of three resolutions and width 16, 1,000 "
        f"timesteps to an abar of 0.002) learns {IMAGES:,} photographs of CIFAR-10's vehicles, then as many images of "
        "five of MNIST's digits, then as many of the other five; the seed draws which. After each task but the last a "
        "method selects, 60 samples in all; replayed beside every batch are as many for each earlier task as current "
        "ones, for the same 2,000 updates whatever is replayed. After each task 600 images are generated from the same "
        "noise, by DDIM in 20 steps. What ranks is the share of the real images of tasks 1 and 2 that have a generated "
        "one near them (mode coverage). A support vector classifier of 100 principal components says, too, whether an "
        "image is a vehicle, which digit it is, or none of them; but photographs lie so far apart that it takes "
        "spoiled images for vehicles. Task 1 is one class, so that its minority share is its coverage. Nothing is held "
        "out: what is asked is how much of the training data is forgotten. Tasks, budget, training and metrics are our "
        "own design."
    )
    primary = Column(metric=MODES.name, subset=ALL)
    seeds = (0, 1, 2)
    cost = Cost(preparation=700.0, cell=800.0)
    data = (CIFAR10_TRAIN, MNIST_TRAIN)
    kept = 60
    first_recipe = DenoisingRecipe(updates=4_000, batch_size=64, learning_rate=1e-3, average=0.998, threads=1)
    next_recipe = DenoisingRecipe(updates=2_000, batch_size=32, learning_rate=1e-3, average=0.99, threads=1)
    images = 600
    classes = 11

    def parts(self, seed: int, resources: Resources) -> list[Part]:
        """Return vehicles, five digits and the other five; the seed draws which."""
        rng = np.random.default_rng(seed)
        vehicles = rng.permutation(_rows(CIFAR10_TRAIN, VEHICLES, resources))[:IMAGES]
        digits = [
            np.sort(rng.permutation(_rows(MNIST_TRAIN, classes, resources))[:IMAGES])
            for classes in np.split(rng.permutation(10), 2)
        ]
        return [
            Part(Split(CIFAR10_TRAIN, np.sort(vehicles)), VEHICLE),
            *(Part(Split(MNIST_TRAIN, rows)) for rows in digits),
        ]

    def diffusion(self) -> PixelDiffusion:
        """Return the U-Net on pixels in [-1, 1]."""
        return PixelDiffusion(
            DenoiserArchitecture("plain-unet", {"channels": 3, "width": 16}),
            Transform(size=32, mean=HALF[0], std=HALF[1]),
            Schedule(last=0.012),
        )


def _rows(data: DataSet, classes: Sequence[int] | NDArray[np.int64], resources: Resources) -> NDArray[np.int64]:
    """Return the rows of some classes."""
    return np.flatnonzero(np.isin(data.open(resources).labels, list(classes)))
