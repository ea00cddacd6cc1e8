"""Frames in the middle of clusters as candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, Proposer

from .moment_discrimination import MomentDiscrimination

if TYPE_CHECKING:
    from torch import Tensor


class ClusterCandidates(MomentDiscrimination, Proposer):
    """Proposes the frames nearest to the centres of k-means clusters along the exploration's slowest directions.

    As many clusters as proposals are allowed, so that a basin of few frames has one of its own sooner than by chance.
    Partitions as `moment-discrimination` does. Source of the directions: Molgedey and Schuster 1994.
    """

    name = "cluster-candidates"
    version = "1"
    needs = frozenset({"exploration"})
    card = Card(title="Clusters of slow directions, moments", status="baseline")

    class Parameters(MomentDiscrimination.Parameters):
        """Two directions: the development systems have no more coordinates."""

        slowest: int = Field(2, ge=1, description="directions of largest autocorrelation in which to cluster")
        lag: int = Field(1, ge=1, description="lag of that autocorrelation, frames")

    parameters: Parameters

    def propose(self, exploration: Tensor, most: int, context: BasinContext) -> Sequence[tuple[int, int]]:
        """Return distinct frames."""
        from scipy.spatial.distance import cdist
        from sklearn.cluster import KMeans

        from ._directions import Directions

        slow = Directions(exploration[None], 1, self.parameters.slowest, (self.parameters.lag,)).unlabelled[0, ..., 1:]
        points = slow.flatten(0, 1).cpu().double().numpy()
        seed = int(context.rng("candidates").integers(2**31))
        centres = KMeans(min(most, len(points)), n_init=4, random_state=seed).fit(points).cluster_centers_
        nearest = dict.fromkeys(cdist(centres, points).argmin(axis=1).tolist())
        return [divmod(number, exploration.shape[1]) for number in nearest]
