"""Coverage-centric coreset selection."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked
from ._strata import proportional, stratified


class CCS(ReplaySelector):
    """Leaves out the hardest samples, by area under the margin, and covers the scores of the others in equal strata.

    Source: Zheng et al. 2023, algorithm 1, and the authors' code, of which two slips are mended: the upper edge of
    negative scores (see `_strata`), and in the class-balanced mode the count of the last class, which they use for all.
    That mode is theirs for other selections; here it is the whole method within each class, which gets the share of
    places that it has of samples.
    """

    name = "ccs"
    version = "1"
    needs = frozenset({"history"})
    card = Card(
        title="Coverage-centric coreset selection",
        status="authors' code",
        paper="Coverage-centric Coreset Selection for High Pruning Rates",
        authors="Haizhong Zheng, Rui Liu, Fan Lai, Atul Prakash",
        year=2023,
        url="https://arxiv.org/abs/2210.15809",
        note="With a fixed upper edge of negative scores and per-class counts.",
    )

    class Parameters(ReplaySelector.Parameters):
        """The authors' for nine tenths pruned of CIFAR-10."""

        cutoff: float = Field(
            0.3, ge=0, lt=1, description="share left out as too hard; less where too few samples would remain"
        )
        strata: int = Field(50, ge=1, description="in how many equally wide intervals of the score")
        score: Literal["aum", "forgetting", "el2n"] = Field("aum", description="whose range is covered")
        class_balanced: bool = Field(False, description="whether each class keeps its share of the samples")

    parameters: Parameters

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places in random order."""
        history, rng = context.learner.history(candidates), context.rng("selection")
        ease = history.margin_sum.cpu()
        score = {"aum": ease, "forgetting": history.forgotten, "el2n": history.error_norm}[self.parameters.score].cpu()
        if not self.parameters.class_balanced:
            return self._covering(score, ease, capacity, rng)
        classes, counts = candidates.labels.unique(return_counts=True)
        chosen = []
        for label, share in zip(classes, proportional(counts.tolist(), capacity), strict=True):
            own = torch.where(candidates.labels == label)[0]
            chosen.append(own[self._covering(score[own], ease[own], share, rng)])
        return torch.cat(chosen)[torch.from_numpy(rng.permutation(capacity))]

    def _covering(self, score: torch.Tensor, ease: torch.Tensor, total: int, rng: np.random.Generator) -> torch.Tensor:
        left_out = min(int(self.parameters.cutoff * len(ease)), len(ease) - total)
        kept = ranked(ease, rng)[: len(ease) - left_out]
        return kept[stratified(score[kept], total, self.parameters.strata, rng)]
