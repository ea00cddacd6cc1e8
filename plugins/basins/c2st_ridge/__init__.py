"""Classifier two-sample tests by ridge regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from .._cluster_count import cut

if TYPE_CHECKING:
    from ._ridge import RidgeTests


class C2STRidge(BasinDetector):
    """The held-out error of a linear classifier tells whether two representatives' frames have the same law.

    The classifier of a pair is ridge regression on frames; whole trajectories are held out. While the largest risk is
    above the threshold, its two groups are merged and the merged group's classifiers fitted anew. Where the number of
    basins is known: average linkage on ``1 - 2 risk``. Source: classifier two-sample tests, Lopez-Paz and Oquab 2017.
    """

    name = "c2st-ridge"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"c2st-ridge-known": {"basins": "counted"}}
    card = Card(
        title="Pairwise ridge two-sample tests",
        status="baseline",
        note="Classifier two-sample tests (Lopez-Paz and Oquab 2017), linear, one for each pair.",
    )

    class Parameters(BasinDetector.Parameters):
        """The threshold is the oracle's; the rest was chosen on the development systems."""

        ridge: float = Field(0.1, gt=0, description="penalty, in mean variances of a pair's frames")
        folds: int = Field(4, ge=2, description="into how many parts the trajectories are split; each is held out once")
        threshold: float = Field(0.25, ge=0, le=0.5, description="merge while a risk is above this; number unknown")

    parameters: Parameters
    grid = {"ridge": (0.1, 1.0, 10.0)}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the merged groups [K] and the risk of each pair of representatives before any merge [K, K].

        Raises:
            ValueError: there are fewer trajectories than folds.
        """
        from ._ridge import RidgeTests

        frames = trajectories[:, :, context.burn_in :]
        tests = RidgeTests(frames, self.parameters.ridge, self.parameters.folds)
        representatives = len(frames)
        groups = [[each] for each in range(representatives)]
        first, second = np.triu_indices(representatives, 1)
        risk = np.full((representatives, representatives), 0.5)
        risk[first, second] = risk[second, first] = tests.risks(
            [([a], [b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
        )
        if context.count is not None:
            separation = np.clip(1 - 2 * risk, 0, None)
            return Partition(cut(separation, count=context.count), risk)
        return Partition(_merged(groups, risk, tests, self.parameters.threshold), risk)


def _merged(groups: list[list[int]], risk: np.ndarray, tests: RidgeTests, threshold: float) -> np.ndarray:
    left = np.where(np.eye(len(groups), dtype=bool), -1.0, risk)
    while len(groups) > 1 and left.max() > threshold:
        a, b = sorted(divmod(int(left.argmax()), len(groups)))
        groups[a] = groups[a] + groups.pop(b)
        left = np.delete(np.delete(left, b, axis=0), b, axis=1)
        others = [each for each in range(len(groups)) if each != a]
        if others:
            left[a, others] = left[others, a] = tests.risks([(groups[a], groups[each]) for each in others])
    labels = np.empty(sum(map(len, groups)), dtype=np.int64)
    for number, members in enumerate(groups):
        labels[members] = number
    return labels
