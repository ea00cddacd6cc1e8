"""Generalized entropy."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class GEN(Detector):
    """``-sum_{c in top M} p_c^gamma (1 - p_c)^gamma``. Source: Liu et al. 2023; gamma = 0.1, M = 100.

    M is cut to the number of classes. Probabilities are float64 and not clamped, so that near-certain samples stay
    apart; pytorch-ood clamps them at 1e-7 and 1 - 1e-7 in float32, which ties those samples.
    """

    name = "gen"
    version = "1"
    card = Card(
        title="Generalized entropy (GEN)",
        status="paper",
        paper="GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection",
        authors="Xixi Liu, Yaroslava Lochman, Christopher Zach",
        year=2023,
        url="https://openaccess.thecvf.com/content/CVPR2023/html/Liu_GEN_Pushing_the_Limits_of_Softmax-Based_Out-of-Distribution_Detection_CVPR_2023_paper.html",
    )

    class Parameters(Detector.Parameters):
        """The paper's setting for ImageNet, which it uses throughout."""

        gamma: float = Field(0.1, gt=0, description="exponent")
        top: int = Field(100, ge=1, description="M, how many of the largest probabilities count")

    parameters: Parameters
    grid = {"gamma": (0.1, 0.01, 0.5, 1.0, 2.0, 5.0, 10.0), "top": (100, 10, 50, 200, 500, 1000)}

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the generalized entropy [B]."""
        gamma = self.parameters.gamma
        logits = batch.logits.double()
        logp = logits.log_softmax(dim=1)
        top = logp.topk(self.parameters.top, dim=1).values if self.parameters.top < logp.shape[1] else logp
        rest = (-top.expm1()).clamp(min=1e-300)  # 1 - p without cancellation
        return -((gamma * top).exp() * rest.pow(gamma)).sum(dim=1)
