"""GDumb: a greedy sampler, and a network that learns from nothing but the buffer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from suite import Card
from suite.tracks.replay import Bound

from ._quotas import Holdings, QuotaMemory, Tally


class GDumb(Bound, QuotaMemory):
    """Takes samples of a class as long as it has less than its share, for which the largest gives up a random one.

    Source: Prabhu et al. 2020, algorithm 1. A share is the capacity over the classes seen, not rounded.
    """

    name = "gdumb"
    version = "1"
    standing = "ranked"  # it selects, as the others do
    regime = "buffer alone"
    card = Card(
        title="GDumb",
        status="paper",
        paper="GDumb: A Simple Approach that Questions Our Progress in Continual Learning",
        authors="Ameya Prabhu, Philip H. S. Torr, Puneet K. Dokania",
        year=2020,
        url="https://www.robots.ox.ac.uk/~tvg/publications/2020/gdumb.pdf",
    )

    def quotas(self, order: NDArray[np.int64], capacity: int) -> NDArray[np.int64]:
        """Return the quota of each class, the capacity over those seen rounded up: less than that is below a share."""
        return np.where(order < 0, capacity + 1, -(-capacity // (order.max() + 1)))

    def replaces(self, label: int, tally: Tally, holdings: Holdings) -> bool:
        """Return false."""
        return False
