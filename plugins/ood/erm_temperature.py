"""Plain training, and then temperature scaling."""

from __future__ import annotations

import math

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData

COLDEST, HOTTEST = 0.01, 100.0


class ERMTemperature(Learner):
    """ERM, its logits divided by the temperature at which the labels of the validation images are most likely.

    Source: Guo et al. 2017. Which class is the largest does not change, so neither does any accuracy. The
    log-likelihood is concave in 1 / T, so T is the root of its slope (Brent's method), between 0.01 and 100.
    """

    name = "erm-temperature"
    version = "1"
    card = Card(
        title="ERM with temperature scaling",
        status="paper",
        paper="On Calibration of Modern Neural Networks",
        authors="Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger",
        year=2017,
        url="https://arxiv.org/abs/1706.04599",
    )

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network, and find its temperature."""
        self.network = data.build(context.seed)
        data.fit(self.network, context)
        with torch.no_grad():
            images = data.transform.normalise(data.validation_pixels.to(context.device))
            logits = torch.cat([self.network(part) for part in images.split(500)]).double().cpu()
        self.temperature = likeliest(logits, data.validation_labels)

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Return the scaled logits [B, C]."""
        return super().predict(images) / self.temperature


def likeliest(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the temperature at which labels [N] are most likely, of logits [N, C]."""
    from scipy.optimize import brentq

    true = logits.gather(1, labels.unsqueeze(1)).mean()

    def slope(logarithm: float) -> float:
        """Return the derivative of the negative log-likelihood in 1 / T: what is expected minus what is true."""
        expected = ((logits * math.exp(-logarithm)).softmax(dim=1) * logits).sum(dim=1).mean()
        return float(expected - true)

    coldest, hottest = math.log(COLDEST), math.log(HOTTEST)
    if slope(coldest) <= 0:
        return COLDEST
    return HOTTEST if slope(hottest) >= 0 else math.exp(brentq(slope, coldest, hottest, xtol=1e-9))
