"""Basins in 50 dimensions: no download, under a second for most methods and problems."""

from __future__ import annotations

from suite.dynamics.embedding import Embedding
from suite.tracks.basins.protocol import BasinTask

DEVELOPMENT = ("mueller-brown", "concentric-rings", "spirals", "separate-rings")
"""On these systems cut rules and defaults are chosen; no other task measures on them."""

PROTOCOL = (
    "A problem is a system of overdamped Langevin dynamics seen through an embedding: 16 representatives, 16 "
    "trajectories from each, 24 frames over the system's horizon, of which 6 are burn-in. All methods get the same "
    "arrays. The truth is computed, not labelled: the generator on a grid gives the exact balanced Bayes risk of each "
    "pair of representatives, and those with a risk above 1/4 share a basin. Horizons are such that few pairs are "
    "ambiguous; the share stands with every run."
)


class EmbeddedTask(BasinTask):
    """Four systems through four embeddings into 50 dimensions."""

    id = "basins/d50"
    version = "1"
    tier = "embedded"
    title = "Basins in 50 dimensions"
    summary = (
        f"{PROTOCOL} Double well, quadruple well, triple well and a ring of three wells, each through linear, "
        "linear+slow, warp and signflip embeddings into 50 dimensions."
    )
    seeds = (0, 1, 2)
    systems = ("double-well", "quadruple-well", "triple-well", "ring-of-wells")
    embeddings = tuple(Embedding(kind, 50) for kind in ("linear", "linear+slow", "warp", "signflip"))
    development = DEVELOPMENT
