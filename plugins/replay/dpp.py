"""A diverse buffer: the likeliest set under a determinantal point process, greedily."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._determinants import greedy, kernel

CARD = Card(
    title="Determinantal point process, greedy",
    status="paper",
    paper="Fast Greedy MAP Inference for Determinantal Point Process to Improve Recommendation Diversity",
    authors="Laming Chen, Guoxin Zhang, Hanning Zhou",
    year=2018,
    url="https://arxiv.org/abs/1709.05135",
    note="Their greedy search. That it fills a replay buffer, and the Gaussian kernel of features with its width, are "
    "our transfer: their kernel is of items to recommend. Nothing but diversity counts, no quality of a sample.",
)


class DPP(ReplaySelector):
    """One by one the sample that raises the determinant of the chosen samples' kernel most; the first at random.

    Samples of no variance left, which are duplicates, come last in random order.
    """

    name = "dpp"
    version = "1"
    needs = frozenset({"features"})
    card = CARD

    class Parameters(ReplaySelector.Parameters):
        """Ours."""

        beta: float | None = Field(
            None, gt=0, description="inverse squared width of the kernel; None: a largest weight of 0.5 on average"
        )

    parameters: Parameters

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places in the order of the search."""
        features = context.learner.features(candidates)
        return diverse(features, capacity, self.parameters.beta, context.rng("order"))


def diverse(features: torch.Tensor, count: int, beta: float | None, rng: np.random.Generator) -> torch.Tensor:
    """Return ``count`` places of features [N, D], those of the search first. All begin with variance 1: ties at random.

    Raises:
        ValueError: a feature is not finite.
    """
    if not features.isfinite().all():
        raise ValueError("some features are not finite; they have no kernel")
    order = torch.from_numpy(rng.permutation(len(features)))
    chosen = order[greedy(kernel(features[order.to(features.device)], beta), count)]
    rest = order[~torch.isin(order, chosen)]
    return torch.cat([chosen, rest])[:count]
