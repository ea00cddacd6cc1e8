"""Gaussian mixture on principal components of frames."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from ._cluster_count import MOST_GROUPS
from ._trajectory_frames import principal, settled, thinned, vote


class GMM(BasinDetector):
    """A mixture of Gaussians on the leading principal components of all frames after burn-in; majority vote.

    Where the number of basins is not known: as many Gaussians of 1 to 8 as have the smallest BIC on a part of the
    frames. Sources: Dempster, Laird and Rubin 1977; Schwarz 1978.
    """

    name = "gmm"
    version = "2"  # in units of the frames' spread: what scikit-learn adds to variances is an absolute number
    uses = frozenset({"count"})
    formerly = {"gmm-known": {"basins": "counted"}}
    card = Card(
        title="PCA + Gaussian mixture", status="baseline", note="EM (Dempster, Laird and Rubin 1977); scikit-learn."
    )

    class Parameters(BasinDetector.Parameters):
        """Ten components, as for the other clusterings of frames."""

        components: int = Field(10, ge=1, description="how many principal components")
        frames: int = Field(2048, ge=16, description="on how many frames, evenly spaced, the number is chosen")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return the most frequent Gaussian of each representative's frames [K]."""
        from sklearn.mixture import GaussianMixture

        scores = principal(settled(trajectories, context.burn_in), self.parameters.components)
        scores = scores / (scores.std() or 1.0)
        points, some = (each.reshape(-1, scores.shape[2]) for each in (scores, thinned(scores, self.parameters.frames)))
        seed = int(context.rng("mixture").integers(2**31))

        def bic(number: int) -> float:
            return float(GaussianMixture(number, random_state=seed).fit(some).bic(some))

        count = min(range(1, MOST_GROUPS + 1), key=bic) if context.count is None else context.count
        labels = GaussianMixture(count, random_state=seed).fit_predict(points)
        return vote(labels.reshape(scores.shape[:2]))
