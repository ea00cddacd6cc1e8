"""Temperature scaling."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.ood import Batch, Detector, TrainingSet

if TYPE_CHECKING:
    from torch import Tensor

COLDEST, HOTTEST = 0.01, 100.0
HALVINGS = 60


class TemperatureScaling(Detector):
    """``max_c softmax_c(f / T)``, T the temperature at which the labels of held-out ID samples are most likely.

    Source: Guo et al. 2017. The log-likelihood is concave in 1 / T, so T is found by halving, where pytorch-ood stops
    after 50 steps of L-BFGS. T stays between 0.01 and 100; it ends at 0.01 if no held-out sample is misclassified.
    Computed as a logarithm, as `MSP`.
    """

    name = "temperature-scaling"
    version = "1"
    card = Card(
        title="Temperature scaling",
        status="paper",
        paper="On Calibration of Modern Neural Networks",
        authors="Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger",
        year=2017,
        url="https://arxiv.org/abs/1706.04599",
    )

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Find the temperature on the held-out ID samples."""
        held_out = train.validation.logits.double()
        true = held_out.gather(1, train.validation.labels.unsqueeze(1)).mean()
        low, high = math.log(1 / HOTTEST), math.log(1 / COLDEST)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            expected = ((math.exp(middle) * held_out).softmax(dim=1) * held_out).sum(dim=1).mean()
            # The derivative of the negative log-likelihood in 1 / T is what is expected minus what is true.
            low, high = (middle, high) if expected < true else (low, middle)
        self.temperature = math.exp(-(low + high) / 2)

    def score(self, batch: Batch) -> Tensor:
        """Return the log of the largest calibrated probability [B]."""
        logits = batch.logits.double() / self.temperature
        return logits.amax(dim=1) - logits.logsumexp(dim=1)
