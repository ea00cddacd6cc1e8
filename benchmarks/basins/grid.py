"""The whole grid: six systems, four embeddings, up to 1,000 dimensions."""

from __future__ import annotations

from suite.tracks.basins.dynamics.embedding import Embedding, Kind
from suite.tracks.basins.protocol import BasinTask

from ._protocol import DEVELOPMENT, PROTOCOL

KINDS: tuple[Kind, ...] = ("linear", "linear+slow", "warp", "signflip")
DIMENSIONS = (50, 200, 1000)
EMBEDDINGS = tuple(Embedding(kind, dimension) for kind in KINDS for dimension in DIMENSIONS)


class GridTask(BasinTask):
    """Six systems through four embeddings into 50, 200 and 1,000 dimensions."""

    id = "basins/grid"
    version = "2"
    tier = "standard"
    title = "Basins in 50 to 1,000 dimensions"
    summary = (
        f"{PROTOCOL} Double well, wide double well, quadruple well, triple well, Prinz's four wells and a ring of "
        "three wells, each through linear, linear+slow, warp and signflip embeddings into 50, 200 and 1,000 dimensions."
    )
    seeds = (0, 1)
    systems = ("double-well", "wide-double-well", "quadruple-well", "triple-well", "prinz", "ring-of-wells")
    embeddings = EMBEDDINGS
    development = DEVELOPMENT
