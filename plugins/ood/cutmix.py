"""CutMix."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class CutMix(Learner):
    """Trains on images with a box of another image of the batch pasted in, and labels mixed by area.

    The box takes a share of the image that is 1 - Beta(alpha, alpha), one draw a step; its centre is anywhere, and what
    lies outside is cut off. Source: Yun et al. 2019.
    """

    name = "cutmix"
    version = "1"
    card = Card(
        title="CutMix",
        status="paper",
        paper="CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features",
        authors="Sangdoo Yun, Dongyoon Han, Seong Joon Oh, Sanghyuk Chun, Junsuk Choe, Youngjoon Yoo",
        year=2019,
        url="https://arxiv.org/abs/1905.04899",
    )

    class Parameters(Learner.Parameters):
        """The paper's setting for CIFAR."""

        alpha: float = Field(1.0, gt=0, description="of the Beta(alpha, alpha) that the share left is drawn from")
        probability: float = Field(0.5, ge=0, le=1, description="that a batch is mixed at all")

    parameters: Parameters

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network on mixtures."""
        self._rng = context.rng("mixing")
        self.network = data.build(context.seed)
        data.fit(self.network, context, loss=self.loss)

    def loss(
        self,
        network: torch.nn.Module,
        images: torch.Tensor,
        labels: torch.Tensor,
        groups: torch.Tensor,
        environments: torch.Tensor,
    ) -> torch.Tensor:
        """Return the cross-entropy of the mixtures with the labels mixed by the area that each image has."""
        other = torch.from_numpy(self._rng.permutation(len(images))).to(images.device)
        share = float(self._rng.beta(self.parameters.alpha, self.parameters.alpha))
        if self._rng.random() >= self.parameters.probability:
            return torch.nn.functional.cross_entropy(network(images), labels)
        height, width = images.shape[2:]
        (top, bottom), (left, right) = (self._side(size, share) for size in (height, width))
        pasted = images.clone()
        pasted[:, :, top:bottom, left:right] = images[other, :, top:bottom, left:right]
        area = (bottom - top) * (right - left) / (height * width)
        logits = network(pasted)
        own, others = (torch.nn.functional.cross_entropy(logits, each) for each in (labels, labels[other]))
        return (1 - area) * own + area * others

    def _side(self, size: int, share: float) -> tuple[int, int]:
        """Return where the box begins and ends along a side."""
        half = int(size * (1 - share) ** 0.5) // 2
        centre = int(self._rng.integers(size))
        return max(centre - half, 0), min(centre + half, size)
