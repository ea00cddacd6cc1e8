"""What is trained: networks on a sphere, with data in three parts."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.tracks.learning_rate.normalisation import Gathered, Normalisation

if TYPE_CHECKING:
    from torch import Tensor

    from suite.contracts import TaskContext
    from suite.tracks.learning_rate.network import SphereNetwork

CHUNK = 512  # inputs at a time, where no gradient is asked for


@dataclass(frozen=True)
class Part:
    """Inputs [M, ...] and labels [M]."""

    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Problem:
    """N runs of a network on a sphere of ``radius``, on one data set: rate by rate, each from the same starts.

    Attributes:
        heads: the fixed last layers [N, features, outputs]; ``start``: the weights at the start [N, P].
    """

    network: SphereNetwork
    radius: float
    start: Tensor
    heads: Tensor
    train: Part
    validation: Part
    test: Part

    @classmethod
    def of(
        cls, network: SphereNetwork, radius: float, runs: tuple[int, int], context: TaskContext, *parts: Part
    ) -> Problem:
        """Return ``runs``: so many rates, each from so many starts; ``parts`` are for training, validation and test."""
        device, generator = context.resources.device, context.method.generator("task:start")
        made = [network.start(generator) for _ in range(runs[1])]
        weights, heads = (torch.stack(each).to(device) for each in zip(*made, strict=True))
        start = radius * torch.nn.functional.normalize(weights, dim=1) if radius else weights
        placed = [Part(part.inputs.to(device), part.labels.to(device)) for part in parts]
        return cls(network, radius, start.repeat(runs[0], 1), heads.repeat(runs[0], 1, 1), *placed)

    @property
    def parts(self) -> tuple[Part, Part, Part]:
        """Data for training, validation and test."""
        return self.train, self.validation, self.test

    @property
    def guessing(self) -> float:
        """The accuracy of a network that has learned nothing."""
        return 1 / self.network.classes

    @property
    def ignorance(self) -> float:
        """The loss of equal probabilities for all classes; of a run that diverged it is not below that."""
        return log(self.network.classes)

    def on_sphere(self, weights: Tensor) -> Tensor:
        """Return weights [N, P], each row scaled to the radius, jointly over all layers; as they are if it is 0."""
        return self.radius * torch.nn.functional.normalize(weights, dim=1) if self.radius else weights

    def gradient(self, weights: Tensor, rows: Tensor, ghosts: int = 1) -> Tensor:
        """Return the gradient of the mean loss over training samples ``rows`` [B] for each network [N, P]."""
        with torch.enable_grad():
            leaf = weights.detach().requires_grad_()
            normalisation = Normalisation(ghosts)
            logits = self.network.logits(leaf, self.heads, self.train.inputs[rows], normalisation)
            labels = self.train.labels[rows].repeat(len(weights))
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels, reduction="sum") / len(rows)
            [gradient] = torch.autograd.grad(loss, leaf)
        return gradient

    def asked(self, weights: Tensor, *inputs: Tensor) -> list[Tensor]:
        """Return the logits [N, M, C] of each of the ``inputs`` [M, ...], with statistics gathered in training data."""
        with torch.no_grad():
            placed, gathered = self.on_sphere(weights), Gathered()
            if self.network.normalises_batches:
                for chunk in self.train.inputs.split(CHUNK):
                    self.network.logits(placed, self.heads, chunk, gathered)
                    gathered.next_batch()
            gathered.close()
            return [self._asked(placed, each, gathered) for each in inputs]

    def _asked(self, weights: Tensor, inputs: Tensor, gathered: Gathered) -> Tensor:
        answers = []
        for chunk in inputs.split(CHUNK):
            answers.append(self.network.logits(weights, self.heads, chunk, gathered))
            gathered.next_batch()
        return torch.cat(answers, dim=1)

    def hits(self, weights: Tensor, part: Part) -> Tensor:
        """Return which samples [N, M] of a part each network has right."""
        return self.asked(weights, part.inputs)[0].argmax(2) == part.labels

    def errors(self, weights: Tensor, part: Part) -> Tensor:
        """Return the share of a part that each network has wrong [N]."""
        return 1 - self.hits(weights, part).double().mean(1)

    def losses(self, weights: Tensor, part: Part) -> Tensor:
        """Return the mean loss of each network on a part [N]."""
        [logits] = self.asked(weights, part.inputs)
        return torch.stack([torch.nn.functional.cross_entropy(each, part.labels) for each in logits])
