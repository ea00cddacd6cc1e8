"""Temperature scaling."""

from __future__ import annotations

import math

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

COLDEST, HOTTEST = 0.01, 100.0


class TemperatureScaling(Detector):
    """``max_c softmax_c(f / T)``, T the temperature at which the labels of held-out ID samples are most likely.

    Source: Guo et al. 2017. The log-likelihood is concave in 1 / T, so T is the root of its slope (Brent's method),
    where pytorch-ood stops after 50 steps of L-BFGS. T stays between 0.01 and 100; it ends at 0.01 if no held-out
    sample is misclassified. Then every probability is within rounding of one, and so is its logarithm: the score is its
    log-odds, ``log p - log (1 - p)``, which rises with it and tells all samples apart that the logits do.
    """

    name = "temperature-scaling"
    version = "2"  # the log-odds instead of the logarithm, which is zero for many
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
        from scipy.optimize import brentq

        held_out = train.validation.logits.double()
        true = held_out.gather(1, train.validation.labels.unsqueeze(1)).mean()

        def slope(log_temperature: float) -> float:
            """Return the derivative of the negative log-likelihood in 1 / T: what is expected minus what is true."""
            expected = ((held_out * math.exp(-log_temperature)).softmax(dim=1) * held_out).sum(dim=1).mean()
            return float(expected - true)

        coldest, hottest = math.log(COLDEST), math.log(HOTTEST)
        if slope(coldest) <= 0:
            self.temperature = COLDEST
        elif slope(hottest) >= 0:
            self.temperature = HOTTEST
        else:
            self.temperature = math.exp(brentq(slope, coldest, hottest, xtol=1e-9))

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the log-odds of the largest calibrated probability [B].

        Raises:
            ValueError: there is one class, whose probability is always one.
        """
        if batch.logits.shape[1] < 2:
            raise ValueError("a network with one class is certain of every sample; there is nothing to scale")
        ranked = (batch.logits.double() / self.temperature).sort(dim=1, descending=True).values
        return ranked[:, 0] - ranked[:, 1:].logsumexp(dim=1)
