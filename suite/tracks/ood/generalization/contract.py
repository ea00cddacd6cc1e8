"""What a method that trains a network for shifted data gets, and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from suite.contracts import Context, Method
from suite.data.transform import Transform
from suite.lazy import torch
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe

Loss = Callable[
    ["torch.nn.Module", "torch.Tensor", "torch.Tensor", "torch.Tensor", "torch.Tensor"],
    "torch.Tensor",
]
"""From a network, images [B, channels, height, width], their labels, groups and environments [B] to the objective."""


@dataclass(frozen=True)
class LearningData:
    """What there is to learn from; pixels are uint8 [N, height, width, channels], all else int64 [N], on the CPU.

    Attributes:
        pixels, labels: the training split.
        groups: of each training image, within which a network shall not be worse than in others; numbered from 0.
            All 0 unless the method needs ``groups``.
        environments: where each training image is from; numbered from 0. All 0 unless it needs ``environments``.
        validation_pixels, validation_labels: images of the training distribution, not trained on and in no test.
        transform: its ``normalise`` turns pixels into the network's input.
        recipe: how plain training is done here.
        architecture: of the network.
    """

    pixels: torch.Tensor
    labels: torch.Tensor
    groups: torch.Tensor
    environments: torch.Tensor
    validation_pixels: torch.Tensor
    validation_labels: torch.Tensor
    transform: Transform
    recipe: Recipe
    architecture: Architecture

    def build(self, seed: int) -> torch.nn.Module:
        """Return a fresh network; its weights are drawn from ``seed`` alone."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.architecture.build()

    def fit(
        self, network: torch.nn.Module, context: Context, recipe: Recipe | None = None, loss: Loss | None = None
    ) -> None:
        """Train a network in place, by the task's recipe or another, to lower the cross-entropy or another loss."""
        groups, environments = int(self.groups.max()) + 1, int(self.environments.max()) + 1
        coded = (self.labels * groups + self.groups) * environments + self.environments

        def decoded(
            network: torch.nn.Module, images: torch.Tensor, codes: torch.Tensor, _: torch.Tensor
        ) -> torch.Tensor:
            assert loss is not None
            rest = codes // environments
            return loss(network, images, rest // groups, rest % groups, codes % environments)

        (recipe or self.recipe).train(
            network,
            self.pixels,
            coded if loss is not None else self.labels,
            self.transform,
            seed=context.seed,
            device=context.device,
            log=context.log,
            loss=decoded if loss is not None else None,
        )


class Learner(Method, ABC):
    """A method that trains a network, to be right where the distribution shifts. Declare name, version and card.

    `train` keeps what it trained as ``network``, or `predict` is written anew. One that wants the groups or the
    environments of the training images adds ``needs = frozenset({"groups"})`` or ``{"environments"}``.
    """

    track = "ood"
    needs = frozenset({"labelled images"})
    network: torch.nn.Module

    @abstractmethod
    def train(self, data: LearningData, context: Context) -> None:
        """Train; called once, before `predict`. Torch's global generator is seeded with the cell's seed."""

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits [B, C] of normalised images [B, channels, height, width] on the device, without gradient.

        The largest is the predicted class, and their softmax is taken for probabilities. Clean, shifted and OOD images
        are mixed at random, and an image's logits must not depend on which others share its batch.
        """
        logits: torch.Tensor = self.network(images)
        return logits
