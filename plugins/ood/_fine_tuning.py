"""Fine-tuning of the reference model with auxiliary outliers, which several methods share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Literal

from pydantic import Field

from suite import Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from ._losses import joint_logits
from .msp import log_msp


class FineTuning(TrainedDetector.Parameters):
    """The schedule of Liu et al. 2020, authors' code; its cosine ends at zero instead of 1e-6."""

    epochs: int = Field(10, ge=1, description="passes over the ID training images")
    batch_size: int = Field(128, ge=1, description="ID images a step")
    learning_rate: float = Field(1e-3, gt=0, description="the first; cosine per step, down to zero")
    weight_decay: float = Field(5e-4, ge=0, description="of all parameters")
    optimiser: Literal["sgd", "adamw"] = Field("sgd", description="sgd has Nesterov momentum 0.9")


class FineTuned(TrainedDetector):
    """Fine-tunes the reference model on ID images and outliers, augmented as by its recipe.

    What a derived method says is the `loss` of a step, how many outliers a step takes, and the `score` of logits.
    """

    needs = frozenset({"outliers"})
    parameters: FineTuning

    @property
    def outlier_batch(self) -> int:
        """How many outliers a step takes: as many as ID images."""
        return self.parameters.batch_size

    @abstractmethod
    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return the objective of a step; images [B, ...] with labels [B], outliers [K, ...], normalised."""

    def score(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the scores [B] of logits [B, C]: the log of the largest softmax probability."""
        return log_msp(logits)

    def train(self, data: TrainingData, context: Context) -> None:
        """Fine-tune the copy of the reference model."""
        recipe = replace(data.recipe, **self.parameters.model_dump(include=set(FineTuning.model_fields)))
        self.network = data.reference
        how = {"loss": self.loss, "outliers": data.outliers, "outlier_batch": self.outlier_batch}
        data.fit(self.network, context, recipe, **how)

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores [B] and logits [B, C] of the fine-tuned network."""
        logits = self.network(images)
        return self.score(logits), logits


class JointFineTuning(FineTuning):
    """Outliers and ID images in the same forward pass."""

    outlier_batch: int = Field(256, ge=1, description="outliers a step, in the same forward pass")


class JointlyFineTuned(FineTuned):
    """Adds a `penalty` on the logits of ID images and outliers to the cross-entropy."""

    parameters: JointFineTuning

    @property
    def outlier_batch(self) -> int:
        """As the parameter says."""
        return self.parameters.outlier_batch

    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return cross-entropy plus the penalty."""
        inside, outside = joint_logits(network, images, outliers)
        return torch.nn.functional.cross_entropy(inside, labels) + self.penalty(inside, outside)

    @abstractmethod
    def penalty(self, inside: torch.Tensor, outside: torch.Tensor) -> torch.Tensor:
        """Return the weighted penalty of ID logits [B, C] and outliers' logits [K, C]."""
