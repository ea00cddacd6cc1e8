"""The mixture of Aithal et al. 2024 whose modes lie on a grid that is turned by 45 degrees."""

from __future__ import annotations

from suite import Cost
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.protocol import SEPARATE, SHARED, mixture_axes

from .mixtures import PLACES, SCALE, MixturesTask

MIXTURES = {
    "rotated-25": Mixture(
        modes=tuple(((x - y) / SCALE, (x + y) / SCALE) for x in PLACES for y in PLACES),
        deviation=0.05 / SCALE,
        points=100_000,
    )
}


class RotatedMixturesTask(MixturesTask):
    """Samples of denoisers of 25 modes, none of which has its neighbours along the axes."""

    id = "memorization/mixtures-rotated"
    version = "1"
    title = "Mixture on a rotated grid, samples out of support"
    summary = (
        "As memorization/mixtures, of one more mixture of Aithal et al. 2024: 25 modes on a grid that is turned by 45 "
        "degrees. A mode's neighbours are the root of two away, 28 standard deviations, and differ from it in both "
        "coordinates. Same data size, division, betas, network, recipe and detectors as the grid along the axes; a "
        "seed draws 5,000 samples. Weights come with the suite, one denoiser for separate and one for shared layers."
    )
    mixtures = MIXTURES
    recipes = {("rotated-25", layers): MixturesTask.recipes["grid-25", layers] for layers in (SEPARATE, SHARED)}
    axes = mixture_axes(MIXTURES)
    cost = Cost(preparation=6.7, cell=0.1)
