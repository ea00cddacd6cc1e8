"""KL matching."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet


class KLMatching(Detector):
    """``-min_k KL(softmax(f) || d_k)``, d_k the mean softmax of the samples that are predicted as class k.

    Source: Hendrycks et al. 2022, who average over validation samples; here over training samples. All
    in log space, so that no divergence is cut off. Classes that are never predicted have no d_k.
    """

    name = "kl-matching"
    version = "1"
    card = Card(
        title="KL matching",
        status="paper",
        paper="Scaling Out-of-Distribution Detection for Real-World Settings",
        authors="Dan Hendrycks, Steven Basart, Mantas Mazeika, Andy Zou, Joe Kwon, Mohammadreza Mostajabi, "
        "Jacob Steinhardt, Dawn Song",
        year=2022,
        url="https://arxiv.org/abs/1911.11132",
    )

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Average the posteriors of each predicted class, as logarithms [K, C]."""
        logs = train.logits.double().log_softmax(dim=1)
        predicted = logs.argmax(dim=1)
        parts = [logs[predicted == k] for k in torch.unique(predicted)]
        self._log_means = torch.stack([part.logsumexp(dim=0) - torch.tensor(len(part)).log() for part in parts])

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the smallest divergence in nats [B]."""
        logs = batch.logits.double().log_softmax(dim=1)
        shares = logs.exp()
        divergence = (shares * logs).sum(dim=1, keepdim=True) - shares @ self._log_means.T
        return -divergence.amin(dim=1)
