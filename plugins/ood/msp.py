"""Maximum softmax probability."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class MSP(Detector):
    """``max_c softmax(f)_c``. Source: Hendrycks and Gimpel 2017.

    Computed as ``-log(sum_c exp(f_c - max f))``, the logarithm of the same thing: near probability one, float32
    softmax has ties that the logits do not.
    """

    name = "msp"
    version = "1"
    card = Card(
        title="Maximum softmax probability",
        status="paper",
        paper="A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks",
        authors="Dan Hendrycks, Kevin Gimpel",
        year=2017,
        url="https://arxiv.org/abs/1610.02136",
    )

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the log of the largest softmax probability [B]."""
        return log_msp(batch.logits)


def log_msp(logits: torch.Tensor) -> torch.Tensor:
    """Return the log of the largest softmax probability [B], in float64, where probabilities near one do not tie."""
    precise = logits.double()
    return precise.amax(dim=1) - precise.logsumexp(dim=1)
