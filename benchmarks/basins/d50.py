"""Basins in 50 dimensions: no download, under a second for most methods and problems."""

from __future__ import annotations

from suite import Cost
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.protocol import BasinTask

from ._protocol import DEVELOPMENT, PROTOCOL


class D50Task(BasinTask):
    """Four systems through four embeddings into 50 dimensions."""

    id = "basins/d50"
    version = "2"
    tier = "embedded"
    title = "Basins in 50 dimensions"
    summary = (
        f"{PROTOCOL} Double well, quadruple well, triple well and a ring of three wells, each through linear, "
        "linear+slow, warp and signflip embeddings into 50 dimensions."
    )
    seeds = (0, 1, 2)
    cost = Cost(preparation=0.8, cell=2.85)
    tour = ({},)
    systems = ("double-well", "quadruple-well", "triple-well", "ring-of-wells")
    embeddings = tuple(Embedding(kind, 50) for kind in ("linear", "linear+slow", "warp", "signflip"))
    development = DEVELOPMENT
