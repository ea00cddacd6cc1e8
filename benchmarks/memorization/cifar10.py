"""A third scale: CIFAR-10, 16x16 in colour, by a U-Net on patches."""

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

from ..data_sets import CIFAR10_TRAIN
from ._protocol import RANKING, captions


class CIFAR10Task(MitigationTask):
    """CIFAR-10, 16x16 in colour, with a U-Net of 185,220 parameters on patches of 2x2 pixels."""

    id = "memorization/cifar10"
    version = "1"
    tier = "standard"
    title = "CIFAR-10, U-Net on patches"
    summary = (
        f"{captions('Ten', 200)} {RANKING} CIFAR-10 at 16x16 in colour: of the first 2,200 training images, 1,200 "
        "train the denoiser and 1,000 are held out for judge and fidelity. A U-Net of two resolutions without "
        "attention on patches of 2x2 pixels, 185,220 parameters; 200 timesteps to an abar of 0.0008, 4,000 updates of "
        "128. DDIM takes 25 steps, guidance is 1.5. Twenty noises of each special caption, 200 samples for each "
        "strength. The weights of both seeds come with the suite."
    )
    seeds: ClassVar[tuple[int, ...]] = (0, 1)
    cost = Cost(preparation=3.3, cell=9.6)
    family = "cifar10"
    data = CIFAR10_TRAIN
    images = 2200
    transform = Transform(size=16, channels=3)
    design = Design(held=1000, specials=10, copies=200)
    architecture = DenoiserArchitecture("captioned-patch-unet", {"channels": 3, "width": 24, "patch": 2})
    schedule = Schedule(steps=200, first=1e-4, last=0.07)
    recipe = GuidedRecipe(updates=4000, batch_size=128, learning_rate=2e-3)
    stride = 8
    scale = 1.5
    noises = 20
    shipped = Path(__file__).parent
