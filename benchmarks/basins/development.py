"""The development systems, on which cut rules and defaults may be chosen."""

from __future__ import annotations

from suite.tracks.basins.protocol import BasinTask

from ._protocol import DEVELOPMENT, PROTOCOL
from .grid import EMBEDDINGS


class DevelopmentTask(BasinTask):
    """Curved and bent basins: where methods are made, so that they can be measured elsewhere."""

    id = "basins/development"
    version = "2"
    tier = "standard"
    title = "Basins: development systems"
    summary = (
        f"{PROTOCOL} Mueller-Brown's valley, two concentric rings, two interleaved spirals and three separate rings, "
        "through all twelve embeddings. Cut rules and defaults are chosen here: a place in this table proves nothing."
    )
    seeds = (0, 1)
    systems = DEVELOPMENT
    embeddings = EMBEDDINGS
