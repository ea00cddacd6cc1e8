"""Training recipes: how a reference model is made, so that anybody can make it again."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from suite.data.augmentation import augmented
from suite.data.transform import Transform
from suite.lazy import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor, nn

    Loss = Callable[[nn.Module, Tensor, Tensor, Tensor], Tensor]

OUTLIER_STREAM = 2**32  # added to the seed: the order of outliers must not change the order of ID images


@dataclass(frozen=True)
class Recipe:
    """Training with a cosine schedule per step, down to zero; by cross-entropy unless told otherwise.

    Attributes:
        optimiser: ``sgd`` with Nesterov momentum 0.9, or ``adamw``.
        crop_padding: pixels of zero padding before a random crop of the original size; 0 means no crop.
        flip: whether to mirror images at random.
        warmup_epochs: over which the learning rate rises in a straight line, before the cosine.
        precision: of the forward and backward passes; weights and their updates are float32 either way.
        threads: that a reference model is trained by, on any number of cores and beside whatever else is prepared: the
            last bits of its weights follow from it. More of them are much slower on a busy machine.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    optimiser: Literal["sgd", "adamw"] = "sgd"
    crop_padding: int = 0
    flip: bool = False
    version: str = "1"
    warmup_epochs: int = 0
    precision: Literal["float32", "bfloat16"] = "float32"
    threads: int = 1

    @property
    def identity(self) -> dict[str, Any]:
        """The recipe as plain data, for hashing; threads are no part of it: they make no other kind of network."""
        values = {name: value for name, value in asdict(self).items() if name != "threads"}
        for added, default in (("warmup_epochs", 0), ("precision", "float32")):  # without them, it is what it was
            if values[added] == default:
                del values[added]
        return values

    def train(
        self,
        network: nn.Module,
        pixels: Tensor,
        labels: Tensor,
        transform: Transform,
        *,
        seed: int,
        device: str,
        log: Callable[[str], None],
        loss: Loss | None = None,
        outliers: Tensor | None = None,
        outlier_batch: int = 0,
    ) -> None:
        """Train ``network`` in place and leave it in evaluation mode.

        The order and augmentation of the training images are the same with outliers as without.

        Args:
            network: maps images to logits [N, C].
            pixels: training images, uint8 [N, size, size, channels].
            labels: [N], int64.
            transform: turns pixels into the network's input.
            seed: of the order and the augmentation.
            device: where to train.
            log: called once per epoch at most.
            loss: called with the network, images [B, channels, size, size], their labels [B], and outliers
                [outlier_batch, channels, size, size], all augmented alike; cross-entropy if None.
            outliers: auxiliary images for ``loss``, uint8 [M, size, size, channels]; each step takes the next
                ``outlier_batch``, in random order and all of them before any comes again.

        Raises:
            ValueError: there are no outliers to take a batch from.
        """
        loss = loss or cross_entropy
        if outlier_batch and (outliers is None or len(outliers) == 0):
            raise ValueError(f"there are no outliers, and the recipe takes {outlier_batch} of them for a batch")
        outliers = pixels[:0] if outliers is None else outliers
        generator = torch.Generator().manual_seed(seed)
        others = torch.Generator().manual_seed(seed + OUTLIER_STREAM)
        taken = cycled(len(outliers), outlier_batch, others)
        network.to(device).train()
        pixels, labels, outliers = pixels.to(device), labels.to(device), outliers.to(device)
        optimiser = self._optimiser(network)
        starts = range(0, len(pixels), self.batch_size)
        schedule = self._schedule(optimiser, len(starts))
        autocast = torch.autocast(torch.device(device).type, torch.bfloat16) if self.precision == "bfloat16" else None
        for epoch in range(self.epochs):
            order = torch.randperm(len(pixels), generator=generator).to(device)
            for start in starts:
                rows = order[start : start + self.batch_size]
                images = transform.normalise(self.augmented(pixels[rows], generator))
                outside = transform.normalise(self.augmented(outliers[next(taken).to(device)], others))
                with autocast or nullcontext():
                    objective = loss(network, images, labels[rows], outside)
                optimiser.zero_grad(set_to_none=True)
                objective.backward()
                optimiser.step()
                schedule.step()
            if len(starts) >= 100 or epoch + 1 == self.epochs:
                log(f"epoch {epoch + 1}/{self.epochs}, loss {objective.item():.3f}")
        network.eval()

    def _optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        parameters, rate, decay = network.parameters(), self.learning_rate, self.weight_decay
        if self.optimiser == "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)
        return torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True)

    def _schedule(self, optimiser: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
        from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

        warmup = self.warmup_epochs * steps
        cosine = CosineAnnealingLR(optimiser, self.epochs * steps - warmup)
        if not warmup:
            return cosine
        return SequentialLR(optimiser, [LinearLR(optimiser, 1 / warmup, total_iters=warmup), cosine], [warmup])

    def augmented(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """Return pixels uint8 [B, height, width, channels], flipped and cropped at random as the recipe says."""
        return augmented(pixels, generator, crop_padding=self.crop_padding, flip=self.flip)


def cross_entropy(network: nn.Module, images: Tensor, labels: Tensor, outliers: Tensor) -> Tensor:
    """Return the mean cross-entropy of the network's logits on images with labels [B]; no use is made of outliers."""
    from torch.nn import functional as F

    return F.cross_entropy(network(images), labels)


def cycled(count: int, batch: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Yield ``batch`` of ``count`` row numbers at a time, for ever: in random order, all before any comes again."""
    rows = torch.empty(0, dtype=torch.int64)
    while True:
        while len(rows) < batch:
            rows = torch.cat([rows, torch.randperm(count, generator=generator)])
        yield rows[:batch]
        rows = rows[batch:]
