"""The fixed learner, experience replay: one network, plain SGD on what came in and what is replayed, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from suite.data.augmentation import augmented
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.stream.training import Training

CHUNK = 500
"""Images in a pass without gradients."""


class Classifier:
    """A classifier that learns step by step."""

    def __init__(self, training: Training, seed: int, device: str) -> None:
        """Build the network with weights drawn by the seed."""
        self.training = training
        self.device = device
        self.steps = 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = training.architecture.build().to(device)
            network = network.to(memory_format=torch.channels_last)  # a fifth faster on a CPU
            self.network = network.train()
        self._parameters: list[Tensor] = list(self.network.parameters())
        self.generator = torch.Generator().manual_seed(seed)

    def step(self, samples: Exemplars) -> Tensor:
        """Learn from samples [B] with equal weight; return their logits [B, C] in training mode, before the update."""
        logits: Tensor = self.network(self.augmented(samples.inputs, self.generator))
        loss = F.cross_entropy(logits, samples.labels.to(self.device))
        self.descend(torch.autograd.grad(loss, self._parameters))
        self.steps += 1
        return logits.detach().cpu()

    def descend(self, gradients: tuple[Tensor, ...]) -> None:
        """Move the parameters one step of SGD down these gradients."""
        with torch.no_grad():
            torch._foreach_add_(self._parameters, gradients, alpha=-self.training.learning_rate)

    def predictions(self, images: Tensor) -> Tensor:
        """Return the class that the network says of each normalised image [N, C, H, W], in evaluation mode [N]."""
        return torch.cat([block.argmax(dim=1) for block in self.evaluated(images)])

    def evaluated(self, images: Tensor) -> list[Tensor]:
        """Return blocks of logits [N, C] of normalised images, in evaluation mode, without gradients."""
        with self.evaluating() as network, torch.no_grad():
            return [network(block).cpu() for block in torch.split(images, CHUNK)]

    @contextmanager
    def evaluating(self) -> Iterator[nn.Module]:
        """Put the network into evaluation mode while the code within runs."""
        self.network.eval()
        try:
            yield self.network
        finally:
            self.network.train()

    def normalised(self, inputs: Tensor) -> Tensor:
        """Return pixels [N, H, W, C] as the network's input on its device [N, C, H, W]."""
        return self.training.transform.normalise(inputs.to(self.device))

    def augmented(self, inputs: Tensor, generator: torch.Generator) -> Tensor:
        """Return pixels [N, H, W, C] augmented, as the network's input."""
        training = self.training
        return self.normalised(augmented(inputs, generator, crop_padding=training.crop_padding, flip=training.flip))
