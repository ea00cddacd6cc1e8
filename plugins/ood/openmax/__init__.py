"""OpenMax."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._weibull import Weibull


class OpenMax(Detector):
    """Minus the log-odds of the unknown class, which takes over what the largest logits lose by distance.

    The logits of rightly classified training samples have a mean per class; a Weibull distribution is fitted to the
    largest Euclidean distances to it. At test the i-th largest logit of ``alpha`` loses the share
    ``F_c(||f - mu_c||) (alpha + 1 - i) / alpha``, the unknown class gets the sum of the losses as its logit, and
    a softmax follows. Source: Bendale and Boult 2016. pytorch-ood takes all training samples, rightly classified or
    not, and the distance zero to classes that no sample of the batch is predicted as, so that there a score depends on
    its batch. Its score is the probability, which rounds to zero and one where the log-odds still tell samples apart.
    """

    name = "openmax"
    version = "1"
    card = Card(
        title="OpenMax",
        status="paper",
        paper="Towards Open Set Deep Networks",
        authors="Abhijit Bendale, Terrance E. Boult",
        year=2016,
        url="https://arxiv.org/abs/1511.06233",
    )

    class Parameters(Detector.Parameters):
        """pytorch-ood's defaults; the paper tunes both."""

        tail: int = Field(25, ge=2, description="how many of the largest distances of a class are fitted")
        alpha: int = Field(10, ge=1, description="how many of the largest logits are revised, at most all")

    parameters: Parameters
    grid = {"tail": (25, 10, 50, 100), "alpha": (10, 1, 3, 5)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Fit the mean [C, C] and the tail of every class; one without a rightly classified sample is all unknown."""
        right = (train.logits.argmax(dim=1) == train.labels).nonzero()[:, 0]
        order = right[train.labels[right].argsort(stable=True)]
        classes = train.logits.shape[1]
        self._means = train.logits.new_zeros(classes, classes, dtype=torch.float64)
        tails = torch.full((classes, self.parameters.tail), torch.nan, dtype=torch.float64, device=train.logits.device)
        members = torch.split(order, train.labels[right].bincount(minlength=classes).tolist())
        for label, rows in enumerate(members):
            if len(rows):
                logits = train.logits[rows].double()
                self._means[label] = logits.mean(dim=0)
                distances = (logits - self._means[label]).norm(dim=1)
                largest = distances.topk(min(self.parameters.tail, len(rows))).values
                tails[label, : len(largest)] = largest
        self._tails = Weibull.fit(tails)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the log-odds of the unknown class [B]."""
        logits = batch.logits.double()
        alpha = min(self.parameters.alpha, logits.shape[1])
        top, classes = logits.topk(alpha, dim=1)
        distances = torch.stack([(logits - self._means[ranked]).norm(dim=1) for ranked in classes.T], dim=1)
        share = torch.arange(alpha, 0, -1, device=logits.device) / alpha
        lost = top * self._tails.cdf(distances, classes) * share
        return logits.scatter_add(1, classes, -lost).logsumexp(dim=1) - lost.sum(dim=1)
