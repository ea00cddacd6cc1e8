"""From a thirtieth of a system's horizon to thirty times it: what is split too early, what is merged too late."""

from __future__ import annotations

from suite.tracks.basins.horizon import HorizonTask

from ._protocol import DEVELOPMENT, PROTOCOL


class BasinHorizonTask(HorizonTask):
    """Three systems at seven horizons."""

    id = "basins/horizon"
    version = "1"
    tier = "standard"
    title = "Basins as the horizon varies"
    summary = (
        f"{PROTOCOL} Here representatives and basins are those of each system's own horizon, and the trajectories that "
        "a method is given are shorter or longer: 0.03 to 30 times the horizon. A short horizon splits basins that "
        "have not relaxed, a long one merges those that are left meanwhile; both are counted in pairs, beside what the "
        "exact risk at that horizon does. Double well, wide double well (slow across) and triple well through the "
        "linear embedding into 50 dimensions."
    )
    seeds = (0, 1, 2, 3, 4)
    systems = ("double-well", "wide-double-well", "triple-well")
    factors = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
    development = DEVELOPMENT
