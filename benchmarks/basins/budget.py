"""Few trajectories: how little simulation will do?"""

from __future__ import annotations

from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.protocol import BasinTask

from ._protocol import DEVELOPMENT, PROTOCOL
from .grid import KINDS, GridTask

FEW = 4


class BudgetTask(BasinTask):
    """The grid's systems with a quarter of the trajectories."""

    id = "basins/budget"
    version = "2"
    tier = "standard"
    title = "Basins from few trajectories"
    summary = (
        f"{PROTOCOL} The six systems of basins/grid through linear, linear+slow, warp and signflip embeddings into 50 "
        f"and 1,000 dimensions, but with {FEW} trajectories from each representative instead of 16, and signflip at "
        "half the separation. A method may ask the metered simulator for more; what it used stands beside its score."
    )
    seeds = (0, 1)
    systems = GridTask.systems
    embeddings = tuple(
        Embedding(kind, dimension, separation=0.5 if kind == "signflip" else 1.0)
        for kind in KINDS
        for dimension in (50, 1000)
    )
    trajectories = FEW
    development = DEVELOPMENT
