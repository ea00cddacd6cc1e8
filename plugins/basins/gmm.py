"""Gaussian mixture on principal components of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Parameters
from suite.tracks.basins import BasinContext, BasinDetector, known_count

from .cutting import MOST_GROUPS
from .frames import principal, settled, thinned, vote

if TYPE_CHECKING:
    from torch import Tensor


class GMM(BasinDetector):
    """A mixture of Gaussians on the leading principal components of all frames after burn-in; majority vote.

    Where the number of basins is not known: as many Gaussians of 1 to 8 as have the smallest BIC. Sources: Dempster,
    Laird and Rubin 1977; Schwarz 1978.
    """

    name = "gmm"
    version = "1"
    card = Card(
        title="PCA + Gaussian mixture", status="baseline", note="EM (Dempster, Laird and Rubin 1977); scikit-learn."
    )

    class Parameters(Parameters):
        """Ten components, as for the other clusterings of frames."""

        components: int = Field(10, ge=1, description="how many principal components")
        frames: int = Field(2048, ge=16, description="how many frames are fitted at most, evenly spaced; all vote")

    parameters: Parameters

    def partition(self, trajectories: Tensor, context: BasinContext) -> list[int]:
        """Return the most frequent Gaussian of each representative's frames [K]."""
        from sklearn.mixture import GaussianMixture

        scores = principal(settled(trajectories, context.burn_in), self.parameters.components)
        points = thinned(scores, self.parameters.frames).reshape(-1, scores.shape[2])
        seed = int(context.rng("mixture").integers(2**31))
        numbers = range(1, MOST_GROUPS + 1) if context.count is None else (context.count,)
        fitted = [GaussianMixture(number, random_state=seed).fit(points) for number in numbers]
        best = min(fitted, key=lambda mixture: mixture.bic(points)) if len(fitted) > 1 else fitted[0]
        return vote(best.predict(scores.reshape(-1, scores.shape[2])).reshape(scores.shape[:2]))


GMMKnown = known_count(GMM)
