"""A DDPM at 32x32 pixels that learns vehicles, then digits, then animals."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from suite.contracts import Resources, Tier
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION
from suite.tracks.replay.generation.part import Part
from suite.tracks.replay.generation.protocol import GenerationTask

from ..data_sets import CIFAR10_TRAIN, DIGITS

IMAGES = 1000
VEHICLES, ANIMALS = (0, 1, 8, 9), (2, 3, 4, 5, 6, 7)
VEHICLE, ANIMAL = 10, 11
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


class DistantCIFAR10Task(GenerationTask):
    """Vehicles of CIFAR-10, scikit-learn's digits, animals of CIFAR-10."""

    id = "replay/ddpm-distant-cifar10"
    version = "1"
    tier: ClassVar[Tier] = "large"
    title = "Vehicles, digits, animals at 32x32, DDPM"
    summary = (
        f"{RECONSTRUCTION} A DDPM at 32x32 pixels (a convolutional U-Net of three resolutions and width 48, 1,000 "
        f"timesteps to an abar of 0.002) learns {IMAGES:,} images of CIFAR-10's vehicles, then as many of "
        "scikit-learn's digits, enlarged, then as many of CIFAR-10's animals; the seed draws which. After each task "
        "but the last a method selects, 60 samples in all; replayed beside every batch are as many for each earlier "
        "task as current ones, for the same number of updates whatever is replayed. After each task 600 images are "
        "generated from the same noise, by DDIM in 20 steps. A support vector classifier of 100 principal components "
        "says whether an image is a vehicle, an animal, which digit it is, or none of them. It is made for a GPU "
        "and has not been run but for a few updates: how much is forgotten, and how good the judge is, is not known. "
        "Tasks, budget, training and metrics are our own design."
    )
    seeds = (0, 1, 2)
    data = (CIFAR10_TRAIN, DIGITS)
    kept = 60
    first_recipe = DenoisingRecipe(updates=4_000, batch_size=64, learning_rate=1e-3, average=0.998)
    next_recipe = DenoisingRecipe(updates=600, batch_size=32, learning_rate=1e-3, average=0.99)
    images = 600
    classes = 12

    def parts(self, seed: int, resources: Resources) -> list[Part]:
        """Return vehicles, digits and animals."""
        labels, rng = CIFAR10_TRAIN.open(resources).labels, np.random.default_rng(seed)
        rows = [rng.permutation(np.flatnonzero(np.isin(labels, kind)))[:IMAGES] for kind in (VEHICLES, ANIMALS)]
        digits = rng.permutation(len(DIGITS.open(resources)))[:IMAGES]
        return [
            Part(Split(CIFAR10_TRAIN, np.sort(rows[0])), VEHICLE),
            Part(Split(DIGITS, np.sort(digits)), transform=Transform(32, scale=16.0, mean=HALF[0], std=HALF[1])),
            Part(Split(CIFAR10_TRAIN, np.sort(rows[1])), ANIMAL),
        ]

    def diffusion(self) -> PixelDiffusion:
        """Return the U-Net on pixels in [-1, 1]."""
        return PixelDiffusion(
            DenoiserArchitecture("plain-unet", {"channels": 3, "width": 48}),
            Transform(size=32, mean=HALF[0], std=HALF[1]),
            Schedule(last=0.012),
        )
