"""Who notices samples between the modes: the mixtures of Aithal et al. 2024."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

from suite import Cost
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.protocol import SEPARATE, SHARED, SupportDetectionTask, mixture_axes
from suite.tracks.memorization.mixtures.recipe import EvenRecipe

SCALE = sqrt(0.05**2 + 8)
"""The deviation of a coordinate of the grid, by which the authors divide."""
PLACES = (-2, -1, 0, 1, 2)
MIXTURES = {
    "line-4": Mixture(modes=((1.0,), (2.0,), (4.0,), (5.0,)), deviation=0.05, points=50_000),
    "line-3": Mixture(modes=((1.0,), (2.0,), (3.0,)), deviation=0.05, points=50_000),
    "grid-25": Mixture(
        modes=tuple((2 * x / SCALE, 2 * y / SCALE) for x in PLACES for y in PLACES),
        deviation=0.05 / SCALE,
        points=100_000,
    ),
}


class MixturesTask(SupportDetectionTask):
    """Samples of denoisers of points on a line and in the plane, with no condition."""

    id = "memorization/mixtures"
    version = "1"
    tier = "standard"
    title = "Mixtures, samples out of support"
    summary = (
        "Denoisers of mixtures of Gaussians (Aithal et al. 2024): modes 1, 2, 4, 5 or 1, 2, 3 on a line, or a grid of "
        "5 x 5 modes in the plane. There is no condition and no guidance. A seed draws 5,000 samples by DDPM through "
        "each of the 300 timesteps that hold signal; those farther than six standard deviations from every mode are "
        "out of support. A detector sees the samples and what was predicted of them at the last 50 steps; what ranks "
        "is the share of samples out of support that it removes while it keeps 96 % of the others. Network, betas and "
        "data are the authors'; three layers have weights of their own, or share them as in the authors' code. Muon "
        "instead of Adam takes 3.6 million noised points for the grid, where the authors take a billion. Weights come "
        "with the suite, one denoiser for each setting, so that seeds tell of samples alone."
    )
    seeds = (0, 1, 2)
    mixtures = MIXTURES
    recipes = {
        ("line-3", SEPARATE): EvenRecipe(updates=250, each=2),
        ("line-3", SHARED): EvenRecipe(updates=500, each=2),
        ("line-4", SEPARATE): EvenRecipe(updates=500, each=2),
        ("line-4", SHARED): EvenRecipe(updates=500, each=2),
        ("grid-25", SEPARATE): EvenRecipe(updates=3000, each=4),
        ("grid-25", SHARED): EvenRecipe(updates=3000, each=4),
    }
    axes = mixture_axes(MIXTURES)
    count = 5000
    cost = Cost(preparation=6.7, cell=0.1)
    shipped = Path(__file__).parent
