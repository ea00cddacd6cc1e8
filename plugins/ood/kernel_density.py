"""Kernel density."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.neighbours import Bank
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._kernels import Regimes, weigh
from ._neighbours import unit

WIDTHS = tuple(2 ** (step / 4) for step in range(-20, 9))
"""The bandwidths that are tried, in units of the median distance from held-out ID to the nearest training feature."""
HELD_OUT = 500
"""At most so many validation samples choose among them."""


class KernelDensity(Detector):
    """``log rho(u)``, rho the mean of Gaussian kernels of one bandwidth on the training features.

    The rule ``regime`` puts the bandwidth in the middle of the heavy-tailed regime of Biroli and Mezard 2024, between
    h_G and h_CLT; ``likelihood`` takes the one of the declared grid under which held-out ID is most likely. Either sees
    ID validation alone; rule and sphere were chosen on the validation data of ood/cifar10 and ood/digits
    (docs/ood.md). On the unit sphere the kernel is normalised in D - 1 dimensions, as for a bandwidth that is small
    beside the radius. A feature of zeros stays zero.
    """

    name = "kernel-density"
    version = "1"
    card = Card(
        title="Gaussian kernel density",
        status="paper",
        paper="Kernel Density Estimators in Large Dimensions",
        authors="Giulio Biroli, Marc Mézard",
        year=2024,
        url="https://arxiv.org/abs/2408.05807",
        note="The paper is about the estimate and its bandwidths. To detect OOD by it, and to find the borders of the "
        "regimes from held-out samples, is this suite's application.",
    )

    class Parameters(Detector.Parameters):
        """The rules take nothing but ID validation."""

        rule: Literal["regime", "likelihood"] = Field("regime", description="how the bandwidth is chosen")
        factor: float = Field(1.0, gt=0, description="on the bandwidth that the rule chooses")
        sphere: bool = Field(True, description="features at unit length")

    parameters: Parameters
    grid = {"factor": (1.0, 0.25, 0.5, 0.75, 1.5, 2.0), "rule": ("regime", "likelihood")}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the training features and choose the bandwidth.

        Raises:
            ValueError: half of the validation features, and of the training features, equal a training feature, or the
                density does not condense at any bandwidth of the grid, so that there is no scale to choose by.
        """
        points = self._points = self._placed(train.features)
        held_out = self._placed(train.validation.features)[:HELD_OUT]
        if not _length(points, held_out):  # validation images that are training images: one half tells of the other
            points, held_out = points[::2], points[1::2][:HELD_OUT]
        length = _length(points, held_out)
        if not length:
            raise ValueError("half of the training features equal another one: no bandwidth can be told")
        widths = [length * width for width in WIDTHS]
        logs, concentrations = weigh(held_out, points, widths)
        dimensions = held_out.shape[1] - self.parameters.sphere
        likelihoods = logs.double().mean(dim=1) - dimensions * torch.tensor(widths).double().log().to(logs.device)
        self.regimes = Regimes.of(widths, concentrations.double().mean(dim=1).tolist())
        likely, typical = widths[int(likelihoods.argmax())], self.regimes.middle
        self.width = self.parameters.factor * (typical if self.parameters.rule == "regime" else likely)
        context.log(
            f"bandwidth {self.width:.4g}, {self.regimes(self.width)}; condensed below {self.regimes.condensed:.4g}, "
            f"central limit from {self.regimes.normal:.4g}; most likely {likely:.4g}"
        )

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the log density [B], without the constant of normalisation."""
        return weigh(self._placed(batch.features), self._points, [self.width])[0][0]

    def _placed(self, features: torch.Tensor) -> torch.Tensor:
        return unit(features) if self.parameters.sphere else features


def _length(points: torch.Tensor, held_out: torch.Tensor) -> float:
    """Return the median distance of held-out features from the nearest point; 0 if there are none."""
    return float(Bank(points).nearest(held_out, 1).values.median()) if len(held_out) else 0.0
