"""Maximum mean discrepancy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Parameters
from suite.tracks.basins import BasinContext, BasinDetector

from ._cluster_count import cut
from ._discrepancy import discrepancies, squared_distances

if TYPE_CHECKING:
    from torch import Tensor

MEDIAN_FRAMES = 64
"""The median distance is that between so many frames of each representative."""


class MMD(BasinDetector):
    """Squared maximum mean discrepancy of the frames of each pair of representatives, average linkage, silhouette.

    Source: Gretton et al. 2012, kernel ``exp(-||x - y||^2 / (2 s^2))``, with the median distance between frames of all
    representatives for the unit of s. Unbiased, with trajectories as the independent units.
    """

    name = "mmd"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"mmd-known": {"basins": "counted"}}
    card = Card(
        title="MMD + average linkage",
        status="baseline",
        note="Two-sample statistic of Gretton et al. 2012, RBF kernel.",
    )

    class Parameters(Parameters):
        """A quarter of the usual median: chosen on the development systems, where it saves what has no mean."""

        bandwidth: float = Field(0.25, gt=0, description="the kernel's width s, in median distances")

    parameters: Parameters
    grid = {"bandwidth": (0.25, 0.125, 0.18, 0.35, 0.5, 1.0)}

    def partition(self, trajectories: Tensor, context: BasinContext) -> list[int]:
        """Return the groups of the discrepancies' tree [K]."""
        frames = trajectories[:, :, context.burn_in :]
        width = 2 * self.parameters.bandwidth**2 * _median(frames)
        found = discrepancies(frames, lambda squared: squared.div_(-width).exp_())
        labels: list[int] = cut(found, count=context.count).tolist()
        return labels


def _median(frames: Tensor) -> float:
    """Return the median squared distance between different frames of [K, M, L, D]."""
    import torch

    each = frames.flatten(1, 2)
    step = -(-each.shape[1] // MEDIAN_FRAMES)
    some = each[:, ::step].flatten(0, 1)
    some = some - some.mean(dim=0)
    above = torch.ones(len(some), len(some), dtype=torch.bool, device=some.device).triu(1)
    return float(squared_distances(some, some)[above].median())
