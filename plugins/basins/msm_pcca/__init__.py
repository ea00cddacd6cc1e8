"""A Markov state model of frames, coarse-grained by PCCA+."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from .._cluster_count import MOST_GROUPS
from .._trajectory_frames import vote
from ._markov import connected_sets, reversible, slow_modes, transition_counts
from ._pcca import memberships


class MSMPCCA(BasinDetector):
    """Microstates by k-means on frames, their reversible transition matrix, macrostates by PCCA+, majority vote.

    Where the number of basins is not known: as many macrostates of 1 to 8 as leave the largest gap in the spectrum.
    Where the microstates fall into strongly connected sets, nothing is known of how these belong together: each set
    that has the most frames of a representative is kept apart, even if that makes more basins than were asked for; the
    frames of all other sets do not vote. Transitions during burn-in count, for they follow the same dynamics. Sources:
    Prinz et al. 2011; Deuflhard and Weber 2005.
    """

    name = "msm-pcca"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"msm-pcca-known": {"basins": "counted"}}
    card = Card(
        title="MSM + PCCA+",
        status="paper",
        paper="Robust Perron cluster analysis in conformation dynamics",
        authors="Peter Deuflhard, Marcus Weber",
        year=2005,
        note="k-means microstates on frames, reversible transition matrix of maximum likelihood.",
    )

    class Parameters(BasinDetector.Parameters):
        """A lag of one frame keeps the most transitions."""

        microstates: int = Field(100, ge=2, description="how many clusters of frames are states of the Markov model")
        lag: int = Field(1, ge=1, description="frames from a transition's beginning to its end")

    parameters: Parameters
    grid = {"microstates": (100, 50, 200), "lag": (1, 2, 4)}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return each representative's most frequent macrostate [K].

        Raises:
            ValueError: there are fewer frames than microstates, or trajectories are not longer than the lag.
        """
        if trajectories.shape[2] <= self.parameters.lag:
            raise ValueError(f"trajectories of {trajectories.shape[2]} frames have no lag of {self.parameters.lag}")
        flat = self._features(trajectories.flatten(0, 1).cpu().numpy())
        paths = self._microstates(flat, context).reshape(trajectories.shape[:3])
        macrostates = coarse_grained(paths, self.parameters.lag, context)
        return vote(macrostates[paths[:, :, context.burn_in :]].reshape(len(paths), -1))

    def _features(self, trajectories: NDArray[np.float32]) -> NDArray[np.floating]:
        """Return what microstates are clusters of [N, L, d]."""
        return trajectories

    def _microstates(self, trajectories: NDArray[np.floating], context: BasinContext) -> NDArray[np.int32]:
        from sklearn.cluster import KMeans

        frames = trajectories.reshape(-1, trajectories.shape[2])
        if len(frames) < self.parameters.microstates:
            raise ValueError(f"{len(frames)} frames are fewer than the {self.parameters.microstates} microstates")
        seed = int(context.rng("microstates").integers(2**31))
        clusters = KMeans(self.parameters.microstates, n_init=1, max_iter=30, random_state=seed)
        labels: NDArray[np.int32] = clusters.fit(frames).labels_
        return labels


def coarse_grained(paths: NDArray[np.integer], lag: int, context: BasinContext) -> NDArray[np.int64]:
    """Return each microstate's macrostate [S], or -1, from trajectories [K, M, L] of microstates."""
    counts = transition_counts(paths.reshape(-1, paths.shape[2]), lag, int(paths.max()) + 1)
    sets = connected_sets(counts)
    kept = np.unique(vote(sets[paths[:, :, context.burn_in :]].reshape(len(paths), -1)))
    used = np.flatnonzero(np.isin(sets, kept))
    within = np.where(sets[:, None] == sets, counts, 0)[np.ix_(used, used)]
    values, modes = slow_modes(*reversible(within))
    if context.count is None:
        gaps = values[:MOST_GROUPS] - np.append(values[1:], 0)[:MOST_GROUPS]
        count = len(kept) + int(gaps[len(kept) - 1 :].argmax()) if len(kept) < MOST_GROUPS else len(kept)
    else:
        count = max(context.count, len(kept))
    context.log(f"{len(used)} of {len(sets)} microstates in {len(kept)} connected sets, {count} macrostates")
    macrostates = np.full(len(sets), -1)
    macrostates[used] = memberships(modes[:, :count]).argmax(axis=1)
    return macrostates
