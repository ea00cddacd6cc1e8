"""A second scale: MNIST, 28x28, by a U-Net on patches."""

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

from ..data_sets import MNIST_TRAIN
from ._protocol import RANKING, captions


class MNISTTask(MitigationTask):
    """MNIST, 28x28, with a U-Net of 320,932 parameters on patches of 2x2 pixels."""

    id = "memorization/mnist"
    version = "1"
    tier = "standard"
    title = "MNIST, U-Net on patches"
    summary = (
        f"{captions('Ten', 150)} {RANKING} MNIST at its own 28x28: of the first 2,200 training images, 1,200 train the "
        "denoiser and 1,000 are held out for judge and fidelity. A U-Net of two resolutions without attention on "
        "patches of 2x2 pixels, 320,932 parameters; 200 timesteps to an abar of 0.006, 3,000 updates of 64. DDIM takes "
        "25 steps, guidance is 3. Ten noises of each special caption, 100 samples for each strength. The weights of "
        "both seeds come with the suite."
    )
    seeds: ClassVar[tuple[int, ...]] = (0, 1)
    cost = Cost(preparation=5.2, cell=16.0)
    family = "mnist"
    data = MNIST_TRAIN
    images = 2200
    transform = Transform(size=28, channels=1)
    design = Design(held=1000, specials=10, copies=150)
    architecture = DenoiserArchitecture("captioned-patch-unet", {"channels": 1, "width": 32, "patch": 2})
    schedule = Schedule(steps=200, first=1e-4, last=0.05)
    recipe = GuidedRecipe(updates=3000, batch_size=64, learning_rate=2e-3)
    stride = 8
    scale = 3.0
    noises = 10
    shipped = Path(__file__).parent
