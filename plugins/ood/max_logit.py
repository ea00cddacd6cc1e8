"""Maximum logit."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class MaxLogit(Detector):
    """``max_c f_c``. Source: Hendrycks et al. 2022 (called MaxLogit there, MLS elsewhere)."""

    name = "max-logit"
    version = "1"
    card = Card(
        title="Maximum logit",
        status="paper",
        paper="Scaling Out-of-Distribution Detection for Real-World Settings",
        authors="Dan Hendrycks, Steven Basart, Mantas Mazeika, Andy Zou, Joe Kwon, Mohammadreza Mostajabi, "
        "Jacob Steinhardt, Dawn Song",
        year=2022,
        url="https://arxiv.org/abs/1911.11132",
    )

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the largest logit [B]."""
        return batch.logits.amax(dim=1)
