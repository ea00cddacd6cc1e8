"""Time-lagged independent components."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIDGE = 1e-9
"""Added to the covariance, in mean variances, so that directions in which nothing varies do no harm."""


def tica(
    trajectories: NDArray[np.floating], lag: int, components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trajectories [N, L, D] in their slowest components [N, L, d], and the components' autocorrelations [d].

    d is at most ``components`` and D. Each component is scaled by its autocorrelation, so that distances are kinetic.
    Sources: Molgedey and Schuster 1994; Perez-Hernandez et al. 2013; the scale, Noe and Clementi 2015. Covariances are
    those of a reversible process: averaged over both directions of time.
    """
    import numpy as np
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
