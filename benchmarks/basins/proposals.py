"""Representatives are not given: the method proposes at most eight states to start from."""

from __future__ import annotations

from suite.tracks.basins.candidates import EXPLORERS, HOTTER, LENGTH, CandidatesTask
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import BURN_IN, FRAMES, TRAJECTORIES

from ._protocol import DEVELOPMENT


class ProposalsTask(CandidatesTask):
    """Four systems, explored at four times their temperature from one known state."""

    id = "basins/proposals"
    version = "1"
    tier = "standard"
    title = "Basins whose representatives are proposed"
    most = 8
    summary = (
        f"A method is shown {EXPLORERS} trajectories of {LENGTH} frames at {HOTTER:g} times the temperature, all from "
        f"one site of the system, and proposes at most {most} of the frames. From the state in each, {TRAJECTORIES} "
        f"trajectories of {FRAMES} frames are started, of which {BURN_IN} are burn-in, and the method partitions them. "
        "Ranked by the share of the system's basins that are proposed and told apart; a basin that is not proposed, "
        "split or merged is lost. A proposal's basin is that of the site that its law is closest to, by the exact "
        "risk. Quadruple well, triple well, a ring of three wells and a wide double well through the linear embedding "
        "into 50 dimensions; the exploration enters all basins, some of them in few frames."
    )
    seeds = (0, 1, 2, 3, 4)
    systems = ("quadruple-well", "triple-well", "ring-of-wells", "wide-double-well")
    embeddings = (Embedding("linear", 50),)
    development = DEVELOPMENT
