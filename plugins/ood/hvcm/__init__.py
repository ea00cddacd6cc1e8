"""Hierarchical visual category modelling (reconstruction)."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from .._batching import in_passes


class HVCM(TrainedDetector):
    """Features and, for each class, a mixture of Gaussians of them, learned together; scored by Mahalanobis distances.

    Attributes are a linear map of the penultimate features; a class is a mixture of unit Gaussians of them. The loss is
    the cross-entropy of the class densities, where the own one has to win by the margin, minus ``density`` times the
    own log density: so the features of a class gather at its components. The score adds up two relative Mahalanobis
    distances, of the features and of the attributes: to the nearest class, minus to one Gaussian of all, with
    covariances of the training images. Trained from scratch by the reference recipe, without outliers.
    Source of the idea: Li et al. 2023; the loss is that of a Gaussian mixture (Wan et al. 2018).
    Reconstruction: written from the abstract, which gives neither the loss nor how distances are aggregated.
    """

    name = "hvcm"
    version = "1"
    card = Card(
        title="Hierarchical visual category modelling, HVCM (reconstruction)",
        status="reconstruction",
        paper="Hierarchical Visual Categories Modeling: A Joint Representation Learning and Density Estimation "
        "Framework for Out-of-Distribution Detection",
        authors="Jinglun Li, Xinyu Zhou, Pinxue Guo, Yixuan Sun, Yiwen Huang, Weifeng Ge, Wenqiang Zhang",
        year=2023,
        url="https://arxiv.org/abs/2408.15580",
        note="Reconstruction: written from the abstract, by the task's reference recipe and without the authors' "
        "self-distillation; not their implementation.",
    )

    class Parameters(TrainedDetector.Parameters):
        """Chosen on the validation data of ood/digits (docs/ood.md)."""

        components: int = Field(3, ge=1, description="Gaussians of a class")
        attributes: int = Field(32, ge=2, description="that the features are mapped to")
        density: float = Field(0.1, ge=0, description="weight of the own log density in the loss")
        margin: float = Field(0.3, ge=0, description="share by which the own class's distance is enlarged in training")
        shrinkage: float = Field(0.05, ge=0, le=1, description="of the score's covariances towards the identity")

    parameters: Parameters
    grid = {"components": (3, 1), "density": (0.1, 0.01, 0.0)}

    def train(self, data: TrainingData, context: Context) -> None:
        """Train a fresh backbone with its mixtures by the reference recipe; fit the score's Gaussians."""
        from ._levels import Level
        from ._network import CategoryNetwork

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            parameters = self.parameters
            self.network = CategoryNetwork(data.build(context.seed), parameters.components, parameters.attributes)
        data.fit(self.network, context, loss=self.loss)
        images = data.transform.normalise(data.pixels).to(context.device)
        with torch.no_grad():
            features = in_passes(self.network.features, images)
            attributes = self.network.projection(features)
        labels = data.labels.to(context.device)
        self.levels = [Level.fit(each, labels, parameters.shrinkage) for each in (features, attributes)]

    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return the joint objective; no use is made of outliers."""
        densities = network(images)
        own: torch.Tensor = densities.gather(1, labels[:, None])
        handicap = self.parameters.margin * own.neg().clamp(min=0)
        against = densities.scatter(1, labels[:, None], own - handicap)
        objective: torch.Tensor = torch.nn.functional.cross_entropy(against, labels)
        objective = objective - self.parameters.density * own.mean()
        return objective

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores [B] and the log densities of the classes [B, C]."""
        features = in_passes(self.network.features, images)
        attributes = self.network.projection(features)
        scores = sum(level.score(each) for level, each in zip(self.levels, (features, attributes), strict=True))
        return torch.as_tensor(scores), self.network.densities(attributes)
