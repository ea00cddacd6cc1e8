"""Fine-tuning of the reference model with auxiliary outliers, which several methods share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite import Context, Parameters
from suite.tracks.ood import TrainedDetector, TrainingData

if TYPE_CHECKING:
    from torch import Tensor, nn


class FineTuning(Parameters):
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

    parameters: FineTuning

    @property
    @abstractmethod
    def outlier_batch(self) -> int:
        """How many outliers a step takes."""

    @abstractmethod
    def loss(self, network: nn.Module, images: Tensor, labels: Tensor, outliers: Tensor) -> Tensor:
        """Return the objective of a step; images [B, ...] with labels [B], outliers [K, ...], normalised."""

    @abstractmethod
    def score(self, logits: Tensor) -> Tensor:
        """Return the scores [B] of logits [B, C]."""

    def train(self, data: TrainingData, context: Context) -> None:
        """Fine-tune the copy of the reference model.

        Raises:
            ValueError: the task has no outliers.
        """
        outliers = data.require_outliers(self.name)
        chosen = self.parameters
        recipe = replace(
            data.recipe,
            epochs=chosen.epochs,
            batch_size=chosen.batch_size,
            learning_rate=chosen.learning_rate,
            weight_decay=chosen.weight_decay,
            optimiser=chosen.optimiser,
        )
        self.network = data.reference
        how = {"loss": self.loss, "outliers": outliers, "outlier_batch": self.outlier_batch}
        data.fit(self.network, context, recipe, **how)

    def predict(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores [B] and logits [B, C] of the fine-tuned network."""
        logits = self.network(images)
        return self.score(logits), logits
