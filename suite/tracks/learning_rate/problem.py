"""What is trained: networks on a sphere, with data in three parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, Self

from suite.hashing import bytes_digest, digest
from suite.lazy import torch
from suite.tracks.learning_rate.contract import on_sphere
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

    def to(self, device: torch.device | str) -> Part:
        """Return the part on a device."""
        return Part(self.inputs.to(device), self.labels.to(device))


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
        placed = [part.to(device) for part in parts]
        return cls(network, radius, on_sphere(weights, radius).repeat(runs[0], 1), heads.repeat(runs[0], 1, 1), *placed)

    def to(self, device: torch.device | str) -> Self:
        """Return the problem on a device."""
        train, validation, test = (part.to(device) for part in (self.train, self.validation, self.test))
        start, heads = self.start.to(device), self.heads.to(device)
        return replace(self, start=start, heads=heads, train=train, validation=validation, test=test)

    @property
    def guessing(self) -> float:
        """The accuracy of a network that has learned nothing."""
        return 1 / self.network.classes

    @property
    def ignorance(self) -> float:
        """The loss of equal probabilities for all classes; of a run that diverged it is not below that."""
        return log(self.network.classes)

    @property
    def fingerprint(self) -> str:
        """The sha256 of the network, its start and its data."""
        parts = (self.train, self.validation, self.test)
        tensors = (self.start, self.heads, *(tensor for part in parts for tensor in (part.inputs, part.labels)))
        contents = [bytes_digest(tensor.cpu().numpy().tobytes()) for tensor in tensors]
        return digest([type(self).__name__, type(self.network).__name__, self.network.shapes, self.radius, contents])

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss [N] of outputs [N, B, C] for labels [B]: the cross-entropy."""
        flat, repeated = outputs.flatten(0, 1), labels.repeat(len(outputs))
        losses: Tensor = torch.nn.functional.cross_entropy(flat, repeated, reduction="none")
        return losses.view(len(outputs), -1).mean(1)

    def gradient(self, weights: Tensor, rows: Tensor, ghosts: int = 1) -> Tensor:
        """Return the gradient of the mean loss over training samples ``rows`` [B] for each network [N, P]."""
        with torch.enable_grad():
            leaf = weights.detach().requires_grad_()
            outputs = self.network.logits(leaf, self.heads, self.train.inputs[rows], Normalisation(ghosts))
            [gradient] = torch.autograd.grad(self.loss(outputs, self.train.labels[rows]).sum(), leaf)
        return gradient

    def asked(self, weights: Tensor, inputs: Tensor) -> Tensor:
        """Return the logits [N, M, C] of inputs [M, ...], with statistics gathered in training data."""
        with torch.no_grad():
            placed, gathered = on_sphere(weights, self.radius), Gathered()
            if self.network.normalises_batches:
                for chunk in self.train.inputs.split(CHUNK):
                    self.network.logits(placed, self.heads, chunk, gathered)
                    gathered.next_batch()
            gathered.close()
            answers = []
            for chunk in inputs.split(CHUNK):
                answers.append(self.network.logits(placed, self.heads, chunk, gathered))
                gathered.next_batch()
            return torch.cat(answers, dim=1)

    def hits(self, weights: Tensor, part: Part) -> Tensor:
        """Return which samples [N, M] of a part each network has right."""
        return self.asked(weights, part.inputs).argmax(2) == part.labels

    def errors(self, weights: Tensor, part: Part) -> Tensor:
        """Return the share of a part that each network has wrong [N]."""
        return 1 - self.hits(weights, part).double().mean(1)

    def losses(self, weights: Tensor, part: Part) -> Tensor:
        """Return the mean loss of each network on a part [N]."""
        return self.loss(self.asked(weights, part.inputs), part.labels)
