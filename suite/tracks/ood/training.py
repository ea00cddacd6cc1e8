"""What a method that trains its own network gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from suite.contracts import Context, Method
from suite.data.transform import Transform
from suite.lazy import torch
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe


@dataclass(frozen=True)
class TrainingData:
    """What there is to train with; pixels are uint8 [N, height, width, channels], labels int64 [N], all on the CPU.

    Attributes:
        pixels, labels: the in-distribution training split, what the reference model was trained on.
        validation_pixels, validation_labels: in-distribution samples that neither the reference model nor a test has
            seen.
        outliers: pixels of auxiliary outliers, of none of the classes and in no test; none unless it needs them.
        transform: its ``normalise`` turns pixels into the network's input.
        recipe: how the reference model was trained.
        architecture: of the reference model.
        reference: the trained reference model in evaluation mode, on the device; a copy, to do with as one likes.
    """

    pixels: torch.Tensor
    labels: torch.Tensor
    validation_pixels: torch.Tensor
    validation_labels: torch.Tensor
    outliers: torch.Tensor
    transform: Transform
    recipe: Recipe
    architecture: Architecture
    reference: torch.nn.Module

    def build(self, seed: int) -> torch.nn.Module:
        """Return a fresh network of the reference architecture; its weights are drawn from ``seed`` alone.

        With the seed of the cell they are those that the reference model started from, where it was trained.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.architecture.build()

    def fit(self, network: torch.nn.Module, context: Context, recipe: Recipe | None = None, **how: Any) -> None:
        """Train a network in place on the training split, by the reference recipe or another.

        ``how`` are the further arguments of `Recipe.train`: ``loss``, and ``outliers`` with ``outlier_batch``.
        """
        (recipe or self.recipe).train(
            network,
            self.pixels,
            self.labels,
            self.transform,
            seed=context.seed,
            device=context.device,
            log=context.log,
            **how,
        )


class TrainedDetector(Method, ABC):
    """An OOD method that trains or fine-tunes a network of its own. Declare name, version and card.

    It is its own classifier: the accuracy beside its scores is its own, not the reference model's. One that trains with
    auxiliary outliers adds ``needs = frozenset({"outliers"})``.
    """

    track = "ood"
    needs = frozenset({"training data"})

    @abstractmethod
    def train(self, data: TrainingData, context: Context) -> None:
        """Train; called once, before `predict`. Torch's global generator is seeded with the cell's seed."""

    @abstractmethod
    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (scores [B], logits [B, C]) of normalised images [B, channels, height, width] on the device.

        Scores are finite, higher = more in-distribution; the largest logit is the predicted class. ID and OOD are
        mixed at random, and a sample's score must not depend on which others share its batch.
        """

    def adapt(self, images: torch.Tensor, labels: torch.Tensor, context: Context) -> None:
        """Adapt to a shifted distribution by a few labelled ID samples of it, normalised; only where a task shifts."""
