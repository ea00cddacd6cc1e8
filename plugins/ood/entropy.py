"""Entropy of the softmax."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class Entropy(Detector):
    """``sum_c p_c log p_c``, minus the entropy of p = softmax(f). Source: Chan et al. 2021."""

    name = "entropy"
    version = "1"
    card = Card(
        title="Softmax entropy",
        status="paper",
        paper="Entropy Maximization and Meta Classification for Out-of-Distribution Detection in Semantic Segmentation",
        authors="Robin Chan, Matthias Rottmann, Hanno Gottschalk",
        year=2021,
        url="https://arxiv.org/abs/2012.06575",
    )

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the entropy in nats [B]."""
        logp = batch.logits.double().log_softmax(dim=1)
        return (logp.exp() * logp).sum(dim=1)
