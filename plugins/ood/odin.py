"""ODIN."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._batching import in_passes


class ODIN(Detector):
    """``max_c softmax_c(f(x') / T)``, ``x' = x - eps sign(grad_x -log max_c softmax_c(f(x) / T))``.

    The input moves towards what the network takes it for, which helps ID samples more. Source: Liang et al. 2018.
    eps is in units of the normalised image, as in pytorch-ood by default; the authors and OpenOOD divide the
    sign by the channel's standard deviation, so that their 0.0014 is a step of about 0.006 here. The score is the
    logarithm of the probability, in float64.
    """

    name = "odin"
    version = "1"
    card = Card(
        title="ODIN",
        status="paper",
        paper="Enhancing The Reliability of Out-of-distribution Image Detection in Neural Networks",
        authors="Shiyu Liang, Yixuan Li, R. Srikant",
        year=2018,
        url="https://arxiv.org/abs/1706.02690",
    )
    needs = frozenset({"images", "network"})

    class Parameters(Detector.Parameters):
        """The paper tunes eps; 0.0014 is its commonest choice, and the peers' default."""

        temperature: float = Field(1000.0, gt=0, description="T of the softmax")
        eps: float = Field(0.0014, ge=0, description="step along the sign of the gradient, in normalised units")

    parameters: Parameters
    grid = {"temperature": (1000.0, 1.0, 10.0, 100.0), "eps": (0.0014, 0.0028)}
    _network: torch.nn.Module

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the network; only images get gradients."""
        assert train.network is not None
        self._network = train.network.requires_grad_(False)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the log of the largest probability of the moved images [B]."""
        assert batch.images is not None
        return in_passes(self._moved, batch.images)

    def _moved(self, images: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():
            images = images.detach().clone().requires_grad_(True)
            likelihood = self._log_largest(self._network(images) / self.parameters.temperature)
            (gradient,) = torch.autograd.grad(likelihood.sum(), images)
        with torch.no_grad():
            logits = self._network(images + self.parameters.eps * gradient.sign())
            return self._log_largest(logits.double() / self.parameters.temperature)

    @staticmethod
    def _log_largest(logits: torch.Tensor) -> torch.Tensor:
        return logits.amax(dim=1) - logits.logsumexp(dim=1)
