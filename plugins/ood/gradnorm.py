"""Gradient norm."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class GradNorm(Detector):
    """``||dL/dW||_1`` of the head's weights, L the cross-entropy between uniform and softmax.

    In closed form ``||softmax(f) - 1/C||_1 * ||z||_1``: the gradient is an outer product. Source: Huang et al. 2021,
    with the last layer's weights, their best choice. pytorch-ood differentiates all parameters by default.
    """

    name = "gradnorm"
    version = "1"
    card = Card(
        title="Gradient norm (GradNorm)",
        status="paper",
        paper="On the Importance of Gradients for Detecting Distributional Shifts in the Wild",
        authors="Rui Huang, Andrew Geng, Yixuan Li",
        year=2021,
        url="https://arxiv.org/abs/2110.00218",
    )

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the L1 norm of the gradient [B]."""
        share = batch.logits.softmax(dim=1) - 1 / batch.logits.shape[1]
        return share.abs().sum(dim=1) * batch.features.abs().sum(dim=1)
