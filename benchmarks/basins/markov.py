"""Processes that are no reversible overdamped dynamics, in 100 dimensions, where neither means nor variances tell."""

from __future__ import annotations

from suite import Cost
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.dynamics.processes import DEVELOPMENT, SCORED
from suite.tracks.basins.processes import ProcessTask

PROCESSES = (
    "A problem is a Markov process seen through an embedding, with the protocol of the other simulated tasks: 16 "
    "representatives, 16 trajectories from each, 24 frames, of which 6 are burn-in. The truth is exact: products of "
    "the transition matrix for chains, the generator on a grid for stirred dynamics, the integrator's own steps on a "
    "grid of the phase space for underdamped ones."
)
SYSTEMS = (
    "A tilted washboard of little friction, where basins differ in momentum; a stirred triple well, without detailed "
    "balance; jumps between communities of a graph, and round loops that are never left (reducible), where all means "
    "coincide and the variance is that of noise; jumps on the even and on the odd corners of a cube (reducible), where "
    "covariances coincide too; retrieval in a Hopfield network of 12 spins with 8 basins."
)


class MarkovTask(ProcessTask):
    """Six processes through the linear embedding into 100 dimensions."""

    id = "basins/markov"
    version = "1"
    tier = "embedded"
    title = "Basins of other processes"
    summary = f"{PROCESSES} {SYSTEMS} Each through the linear embedding into 100 dimensions."
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=3.0, cell=2.5)
    systems = SCORED
    embeddings = (Embedding("linear", 100),)
    development = DEVELOPMENT
