"""Negative control: a denoiser without a basin, on which adjusting the noise seems to win."""

from __future__ import annotations

from dataclasses import replace

from suite import Cost
from suite.diffusion.denoisers import DenoiserArchitecture

from ._protocol import PROTOCOL
from .digits import DigitsTask


class DigitsMLPTask(DigitsTask):
    """The images, captions and duplicates of ``memorization/digits``, with an MLP of 195,840 parameters."""

    id = "memorization/digits-mlp"
    version = "1"
    title = "Digits, MLP: negative control"
    summary = (
        f"{PROTOCOL} As memorization/digits, but the denoiser is an MLP of four residual blocks, 195,840 parameters, "
        "trained for 5,000 updates, and guidance is 4. It memorizes too, yet a small |e| at the first step is no sign "
        "of a noise that escapes. An adjustment drives memorization to nothing all the same, by noise that is longer "
        "and images that are none: the gate of fidelity drops them, and norm-restored, the same direction at the old "
        "norm, leaves most of it. The weights of both seeds come with the suite."
    )
    seeds = (0, 1)
    cost = Cost(preparation=0.3, cell=1.2)
    family = "digits-mlp"
    architecture = DenoiserArchitecture("captioned-mlp", {"shape": [1, 8, 8], "width": 112, "blocks": 4})
    recipe = replace(DigitsTask.recipe, updates=5000, learning_rate=1e-3)
    scale = 4.0
