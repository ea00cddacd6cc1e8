"""A small convolutional denoiser of digits: no download, seconds a cell."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from suite import Cost
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.guided_training import GuidedRecipe
from suite.diffusion.schedule import Schedule
from suite.tracks.memorization.collection import Design
from suite.tracks.memorization.protocol import MitigationTask

from ..data_sets import DIGITS
from ._protocol import PROTOCOL


class DigitsTask(MitigationTask):
    """scikit-learn's digits, 8x8, with a U-Net of 181,417 parameters."""

    id = "memorization/digits"
    version = "1"
    tier = "embedded"
    title = "Digits, small U-Net"
    summary = (
        f"{PROTOCOL} scikit-learn's digits: 1,200 train the denoiser, 597 are held out for judge and fidelity. A U-Net "
        "of two resolutions without attention, 181,417 parameters; 200 timesteps to an abar of 0.048, 2,500 updates of "
        "128. DDIM takes 25 steps, guidance is 3. Ten noises of each special caption, 200 samples for each strength; "
        "each of the five seeds has duplicates, weights and noises of its own. The weights of the five seeds come "
        "with the suite; other seeds are trained, in 90 CPU seconds each."
    )
    seeds: ClassVar[tuple[int, ...]] = (0, 1, 2, 3, 4)
    cost = Cost(preparation=3.7, cell=6.5)
    family = "digits"
    data = DIGITS
    transform = Transform(size=8, channels=1, scale=16.0)
    design = Design(held=597)
    architecture = DenoiserArchitecture("captioned-unet", {"channels": 1, "width": 24})
    schedule = Schedule(steps=200, first=1e-4, last=0.03)
    recipe = GuidedRecipe(updates=2500, batch_size=128, learning_rate=2e-3)
    stride = 8
    scale = 3.0
    noises = 10
    shipped = Path(__file__).parent
