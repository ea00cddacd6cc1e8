"""Training recipes: how a reference model is made, so that anybody can make it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from suite.data.transform import Transform

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from torch import Tensor, nn


@dataclass(frozen=True)
class Recipe:
    """Cross-entropy training with a cosine schedule per step, down to zero.

    Attributes:
        optimiser: ``sgd`` with Nesterov momentum 0.9, or ``adamw``.
        crop_padding: pixels of zero padding before a random crop of the original size; 0 means no crop.
        flip: whether to mirror images at random.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    optimiser: Literal["sgd", "adamw"] = "sgd"
    crop_padding: int = 0
    flip: bool = False
    version: str = "1"

    @property
    def identity(self) -> dict[str, Any]:
        """The recipe as plain data, for hashing."""
        return asdict(self)

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
    ) -> None:
        """Train ``network`` in place and leave it in evaluation mode.

        Args:
            network: maps images to logits [N, C].
            pixels: training images, uint8 [N, size, size, channels].
            labels: [N], int64.
            transform: turns pixels into the network's input.
            seed: of the order and the augmentation.
            device: where to train.
            log: called once per epoch at most.
        """
        import torch
        from torch.nn import functional as F

        generator = torch.Generator().manual_seed(seed)
        network.to(device).train()
        pixels, labels = pixels.to(device), labels.to(device)
        optimiser = self._optimiser(network)
        starts = range(0, len(pixels), self.batch_size)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.epochs * len(starts))
        for epoch in range(self.epochs):
            order = torch.randperm(len(pixels), generator=generator).to(device)
            for start in starts:
                rows = order[start : start + self.batch_size]
                images = transform.normalise(self._augmented(pixels[rows], generator))
                loss = F.cross_entropy(network(images), labels[rows])
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
                optimiser.step()
                schedule.step()
            if len(starts) >= 100 or epoch + 1 == self.epochs:
                log(f"epoch {epoch + 1}/{self.epochs}, loss {loss.item():.3f}")
        network.eval()

    def _optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        import torch

        parameters, rate, decay = network.parameters(), self.learning_rate, self.weight_decay
        if self.optimiser == "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)
        return torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True)

    def _augmented(self, pixels: Tensor, generator: Any) -> Tensor:
        import torch

        count, height, width, _ = pixels.shape
        if self.flip:
            mirrored = torch.rand(count, generator=generator).to(pixels.device) < 0.5
            pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
        if self.crop_padding:
            pad = self.crop_padding
            padded = torch.nn.functional.pad(pixels, (0, 0, pad, pad, pad, pad))
            shift = torch.randint(2 * pad + 1, (2, count), generator=generator).to(pixels.device)
            rows = shift[0][:, None] + torch.arange(height, device=pixels.device)
            columns = shift[1][:, None] + torch.arange(width, device=pixels.device)
            which = torch.arange(count, device=pixels.device)[:, None, None]
            pixels = padded[which, rows[:, :, None], columns[:, None, :]]
        return pixels
