"""Training on one's own samples, five times over."""

from __future__ import annotations

from dataclasses import replace

from suite import Cost
from suite.tracks.memorization.mixtures.generations import GenerationsTask
from suite.tracks.memorization.mixtures.recipe import EvenRecipe

from .mixtures import MIXTURES


class RecursiveTrainingTask(GenerationsTask):
    """Denoisers of three modes on a line, each trained on what a filter leaves of the samples of the last one."""

    id = "memorization/recursive-training"
    version = "1"
    tier = "standard"
    title = "Recursive training, five generations"
    summary = (
        "Five generations of denoisers of modes 1, 2, 3 on a line. The first is trained on 1,500 points of the "
        "mixture, each other one on the 1,500 samples with the lowest scores of 1,562 of the last one, with fresh "
        "weights. First weights, batches and noise are the same for every detector. What ranks is the share of the "
        "fifth generation's samples that are out of support. random-filter removes as many samples at random, "
        "no-filter takes the first 1,500: both leave what the denoiser samples, so that their difference is that of "
        "other draws."
    )
    seeds = (0, 1, 2)
    cost = Cost(preparation=8.5, cell=29.0)
    mixture = replace(MIXTURES["line-3"], points=1500)
    recipe = EvenRecipe(updates=400, each=1)
