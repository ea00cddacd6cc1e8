"""Unilaterally aggregated contrastive learning with hierarchical augmentation (reconstruction)."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from .._batching import in_passes


class UniConHA(TrainedDetector):
    """Contrastive learning that gathers the views of each class and disperses turned images; scored by likeness.

    Images turned by 90, 180 and 270 degrees are virtual outliers: each is pulled to its own other view alone, and
    pushed from all else, whereas the views of a class are pulled together, each the less the farther it lies from its
    class. The same is asked of the network's last depths, with views that are the stronger the deeper. Cross-entropy
    is added for the class. The score is the cosine of the penultimate features with the nearest of a training image.
    Trained from scratch by the reference recipe with more epochs, without outliers.
    Source of the idea: Wang et al. 2023.
    Reconstruction: written from the abstract, which gives neither the losses' weights, nor the augmentations, nor the
    score.
    """

    name = "unicon-ha"
    version = "1"
    card = Card(
        title="Unilaterally aggregated contrastive learning, UniCon-HA (reconstruction)",
        status="reconstruction",
        paper="Unilaterally Aggregated Contrastive Learning with Hierarchical Augmentation for Anomaly Detection",
        authors="Guodong Wang, Yunhong Wang, Jie Qin, Dongming Zhang, Xiuguo Bao, Di Huang",
        year=2023,
        url="https://arxiv.org/abs/2308.10155",
        note="Reconstruction: written from the abstract, with labels and a small network; not the authors' "
        "implementation.",
    )

    class Parameters(TrainedDetector.Parameters):
        """Chosen on the validation data of ood/digits (docs/ood.md)."""

        epochs: int = Field(60, ge=1, description="passes over the training images")
        depths: int = Field(2, ge=1, description="at which vectors are contrasted, from the last")
        temperature: float = Field(0.1, gt=0, description="of the contrast")
        width: int = Field(64, ge=2, description="of the projections")

    parameters: Parameters

    def train(self, data: TrainingData, context: Context) -> None:
        """Train a fresh network; keep the features of the training images."""
        from ._network import ContrastiveNetwork

        parameters = self.parameters
        example = data.transform.normalise(data.pixels[:1])
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self.network = ContrastiveNetwork(data.build(context.seed), parameters.depths, parameters.width, example)
        self._generator = torch.Generator().manual_seed(context.seed)
        data.fit(self.network, context, replace(data.recipe, epochs=parameters.epochs), loss=self.loss)
        images = data.transform.normalise(data.pixels).to(context.device)
        with torch.no_grad():
            self._bank = in_passes(self.network.features, images)

    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return the objective of a step; no use is made of outliers."""
        from ._objective import aggregation
        from ._views import views

        objective = torch.nn.functional.cross_entropy(network(images), labels)
        for depth in range(self.parameters.depths):
            shown = views(images, (depth + 1) / self.parameters.depths, self._generator)
            vectors = network.projected(shown.flatten(0, 2))[0][depth]  # type: ignore[operator] # it is ours
            seen = vectors.view(*shown.shape[:3], -1)
            objective = objective + aggregation(seen, labels, self.parameters.temperature) / self.parameters.depths
        return objective

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores [B] and logits [B, C]."""
        features = in_passes(self.network.features, images)
        return (features @ self._bank.T).amax(dim=1), in_passes(self.network, images)
