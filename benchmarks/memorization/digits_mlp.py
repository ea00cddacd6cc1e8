"""Negative control: a denoiser without a basin, on which longer noise seems to win."""

from __future__ import annotations

from dataclasses import replace

from suite.diffusion.denoisers import DenoiserArchitecture

from ._protocol import PROTOCOL
from .digits import DigitsTask


class DigitsMLPTask(DigitsTask):
    """The images, captions and duplicates of ``memorization/digits``, with an MLP."""

    id = "memorization/digits-mlp"
    version = "1"
    title = "Digits, MLP: negative control"
    summary = (
        f"{PROTOCOL} As memorization/digits, but the denoiser is an MLP of four residual blocks of width 256, and "
        "guidance is 5. It memorizes as much, yet hardly any of it hangs on the initial noise. What an adjustment "
        "gains here it gains by making noise longer, as norm-restored shows: the same direction at the old norm."
    )
    seeds = (0, 1)
    family = "digits-mlp"
    architecture = DenoiserArchitecture("captioned-mlp", {"shape": [1, 8, 8], "width": 256, "blocks": 4})
    recipe = replace(DigitsTask.recipe, updates=5000, learning_rate=1e-3)
    scale = 5.0
