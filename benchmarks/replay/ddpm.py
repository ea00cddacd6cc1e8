"""A small DDPM on scikit-learn's digits: no download, seconds a cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from suite import Cost
from suite.contracts import Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION, DenoisingTask

from ..data_sets import DIGITS

KEPT = 45
"""Samples in the buffer: 5 % of the 901 of task 1."""


class DigitsDDPMTask(DenoisingTask):
    """An MLP denoiser of 8x8 digits: 0 to 4, then 5 to 9."""

    id = "replay/ddpm"
    version = "1"
    tier = "embedded"
    title = "Digits, small DDPM"
    summary = (
        f"{RECONSTRUCTION} A DDPM on the 64 pixels of scikit-learn's digits (an MLP with three residual blocks of "
        "width 128, 1,000 timesteps) learns the 901 images of 0 to 4, then the 896 of 5 to 9. All 1,797 images are "
        "training data: what is asked is how much of the training data is forgotten, so nothing is held out. A method "
        f"selects {KEPT} samples of task 1, 5 %, in a budget of bytes; they are replayed one to one beside every batch "
        "of task 2, for the same number of updates whatever is replayed. Forgetting is the rise of the error with "
        "which task-1 samples are reconstructed from timesteps 100, 300 and 500. Energies are kernel energies of "
        "centred pixels among the samples of task 1, at the beta where the largest weight is 1/2 on average. Class "
        "split, budget, training and metrics are our own design."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=12.8, cell=4.5)
    data = (DIGITS,)
    memory_bytes = KEPT * (64 + 8)
    first_recipe = DenoisingRecipe(updates=8_000, batch_size=64, learning_rate=1e-3, average=0.995, threads=1)
    second_recipe = replace(first_recipe, updates=1_500)

    def old(self, resources: Resources) -> Split:
        """Return the digits 0 to 4."""
        return Split(DIGITS, np.flatnonzero(DIGITS.open(resources).labels < 5))

    def new(self, resources: Resources) -> Split:
        """Return the digits 5 to 9."""
        return Split(DIGITS, np.flatnonzero(DIGITS.open(resources).labels >= 5))

    def diffusion(self) -> PixelDiffusion:
        """Return the MLP on pixels in [-1, 1]."""
        return PixelDiffusion(
            DenoiserArchitecture("mlp", {"shape": [1, 8, 8], "width": 128, "blocks": 3}),
            Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
        )
