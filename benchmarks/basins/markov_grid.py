"""The processes through three embeddings into 50 and 200 dimensions."""

from __future__ import annotations

from suite.tracks.basins.dynamics.embedding import Embedding, Kind
from suite.tracks.basins.dynamics.processes import DEVELOPMENT, SCORED
from suite.tracks.basins.processes import ProcessTask

from .markov import PROCESSES, SYSTEMS

KINDS: tuple[Kind, ...] = ("linear", "linear+slow", "signflip")


class MarkovGridTask(ProcessTask):
    """Six processes through three embeddings into 50 and 200 dimensions."""

    id = "basins/markov-grid"
    version = "1"
    tier = "standard"
    title = "Basins of other processes, in 50 and 200 dimensions"
    summary = (
        f"{PROCESSES} {SYSTEMS} Each through linear, linear+slow and signflip embeddings into 50 and 200 dimensions."
    )
    seeds = (0, 1, 2, 3, 4)
    systems = SCORED
    embeddings = tuple(Embedding(kind, dimension) for kind in KINDS for dimension in (50, 200))
    development = DEVELOPMENT
