"""A Markov state model of time-lagged independent components, coarse-grained by PCCA+."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from suite import Card

from .msm_pcca import MSMPCCA

RIDGE = 1e-9
"""Added to the covariance, in mean variances, so that directions in which nothing varies do no harm."""


class TICAMSMPCCA(MSMPCCA):
    """The Markov state model on time-lagged independent components instead of raw frames.

    Source of the combination: Perez-Hernandez et al. 2013.
    """

    name = "tica-msm-pcca"
    version = "1"
    formerly = {"tica-msm-pcca-known": {"basins": "counted"}}
    card = Card(
        title="TICA + MSM + PCCA+",
        status="paper",
        paper="Identification of slow molecular order parameters for Markov model construction",
        authors="Guillermo Perez-Hernandez, Fabian Paul, Toni Giorgino, Gianni De Fabritiis, Frank Noe",
        year=2013,
        url="https://arxiv.org/abs/1302.6614",
        note="Kinetic map, k-means microstates, reversible transition matrix, PCCA+ (Deuflhard and Weber 2005).",
    )

    class Parameters(MSMPCCA.Parameters):
        """The same lag for components and transitions."""

        components: int = Field(10, ge=1, description="how many independent components")

    parameters: Parameters
    grid = {**MSMPCCA.grid, "components": (10, 4)}

    def _features(self, trajectories: NDArray[np.float32]) -> NDArray[np.floating]:
        return tica(trajectories, self.parameters.lag, self.parameters.components)[0]


def tica(
    trajectories: NDArray[np.floating], lag: int, components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trajectories [N, L, D] in their slowest components [N, L, d], and the components' autocorrelations [d].

    d is at most ``components`` and D. Each component is scaled by its autocorrelation, so that distances are kinetic.
    Sources: Molgedey and Schuster 1994; Perez-Hernandez et al. 2013; the scale, Noe and Clementi 2015. Covariances are
    those of a reversible process: averaged over both directions of time.
    """
    from scipy.linalg import eigh

    width = trajectories.shape[2]
    before, after = (
        part.reshape(-1, width).astype(np.float64) for part in (trajectories[:, :-lag], trajectories[:, lag:])
    )
    mean = (before.mean(axis=0) + after.mean(axis=0)) / 2
    before -= mean
    after -= mean
    instant = (before.T @ before + after.T @ after) / 2
    lagged = before.T @ after
    instant.flat[:: width + 1] += RIDGE * np.trace(instant) / width
    leading = [max(0, width - components), width - 1]
    values, vectors = eigh((lagged + lagged.T) / 2, instant, subset_by_index=leading)
    vectors *= np.sqrt(len(before))  # unit variance, as the eigenproblem was that of sums
    values, vectors = values[::-1], vectors[:, ::-1]
    return (trajectories - mean) @ (vectors * values), values
