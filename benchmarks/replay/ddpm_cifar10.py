"""A small DDPM on CIFAR-10 at 16x16 pixels, on diffusers' U-Net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from suite.contracts import Resources, Tier
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.diffusion import Diffusion
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION, DenoisingTask

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN

IMAGES, HELD_OUT = 1000, 500
"""So few that the network remembers images, and not only what images are like: the latter no task makes it forget."""
KEPT = 50
SIZE = 16
UNET = DenoiserArchitecture(
    "unet",
    {
        "sample_size": SIZE,
        "in_channels": 3,
        "out_channels": 3,
        "block_out_channels": [32, 32, 64],
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "down_block_types": ["DownBlock2D"] * 3,
        "up_block_types": ["UpBlock2D"] * 3,
        "attention_head_dim": 16,
    },
)


class CIFAR10DDPMTask(DenoisingTask):
    """A U-Net on CIFAR-10: classes 0 to 4, then 5 to 9."""

    id = "replay/ddpm-cifar10"
    version = "1"
    tier: ClassVar[Tier] = "standard"
    title = "CIFAR-10, DDPM"
    summary = (
        f"{RECONSTRUCTION} A DDPM on CIFAR-10 at {SIZE}x{SIZE} pixels (diffusers' U-Net with channels 32, 32 and 64, "
        f"attention at 4x4, 1,000 timesteps; pip install 'basin-suite[diffusion]') learns {IMAGES:,} training images "
        f"of classes 0 to 4, then as many of 5 to 9, the same for every seed. A method selects {KEPT} samples of task "
        "1, 5 %, in a budget of bytes; they are replayed one to one beside every batch of task 2, for the same number "
        f"of updates whatever is replayed. Forgetting is the rise of the error with which the {IMAGES:,} samples are "
        f"reconstructed from timesteps 100, 300 and 500. {HELD_OUT:,} test images of classes 5 to 9 tell what replay "
        "costs. Energies are kernel energies of centred pixels among the samples of task 1, at the beta where the "
        "largest weight is 1/2 on average. Class split, budget, training and metrics are our own design."
    )
    seeds = (0, 1, 2)
    data = (CIFAR10_TRAIN, CIFAR10_TEST)
    memory_bytes = KEPT * (SIZE * SIZE * 3 + 8)
    first_recipe = DenoisingRecipe(updates=3000, batch_size=64, learning_rate=1e-3, average=0.999)
    second_recipe = DenoisingRecipe(updates=600, batch_size=64, learning_rate=1e-3, average=0.99)

    def old(self, resources: Resources) -> Split:
        """Return random training images of classes 0 to 4."""
        return drawn(CIFAR10_TRAIN, range(5), IMAGES, resources)

    def new(self, resources: Resources) -> Split:
        """Return random training images of classes 5 to 9."""
        return drawn(CIFAR10_TRAIN, range(5, 10), IMAGES, resources)

    def judged(self, resources: Resources) -> Split:
        """Return random test images of classes 5 to 9."""
        return drawn(CIFAR10_TEST, range(5, 10), HELD_OUT, resources)

    def diffusion(self) -> Diffusion:
        """Return the U-Net on pixels in [-1, 1]."""
        return PixelDiffusion(UNET, Transform(size=SIZE, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)))


def drawn(data: DataSet, classes: Sequence[int], count: int, resources: Resources) -> Split:
    """Return ``count`` random rows of some classes, or all there are, in their order; the same whatever the seed."""
    labels = data.open(resources).labels
    rows = np.random.default_rng(0).permutation(np.flatnonzero(np.isin(labels, list(classes))))
    return Split(data, np.sort(rows[:count]))
