"""Training denoisers that are told captions, for guidance without a classifier (Ho and Salimans 2022)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from suite.diffusion.schedule import Schedule
from suite.diffusion.training import denoising_losses, drawn
from suite.lazy import torch
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import Tensor

    from suite.diffusion.captions import Captioned


@dataclass(frozen=True)
class GuidedRecipe:
    """AdamW whose rate falls by a half cosine to 0; the weights that are kept are an exponential moving average.

    Attributes:
        updates: how many there are.
        batch_size: images in an update.
        dropped: the share of captions that are replaced by none.
        average: decay of the moving average, at most; in the first updates it is (1 + n) / (10 + n).
        threads: of a CPU that an operation is cut up for; no part of the identity.
    """

    updates: int
    batch_size: int
    learning_rate: float
    dropped: float = 0.1
    average: float = 0.999
    threads: int | None = 1
    version: str = "1"

    @property
    def identity(self) -> dict[str, Any]:
        """The recipe as plain data, for hashing."""
        return {name: value for name, value in asdict(self).items() if name != "threads"}

    def train(
        self,
        network: Captioned,
        images: Tensor,
        captions: Tensor,
        schedule: Schedule,
        *,
        seed: int,
        device: str,
        log: Callable[[str], None],
    ) -> None:
        """Train ``network`` in place and leave it in evaluation mode, with the averaged weights.

        Args:
            network: maps noised images, timesteps and conditions to noise; ``captions`` of it embeds captions.
            images: [N, C, H, W].
            captions: tokens of each image [N, L], see `suite.diffusion.captions`.
            schedule: of the noise.
            seed: of batches, timesteps, noise, and which captions are dropped.
            device: where to train.
            log: called every thousand updates.
        """
        network.to(memory_format=torch.channels_last)
        network.to(device).train()
        parameters: list[Tensor] = list(network.parameters())
        optimiser = torch.optim.AdamW(parameters, lr=self.learning_rate, weight_decay=0.0, fused=True)
        rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.updates)
        averages = [parameter.detach().clone() for parameter in parameters]
        rows = torch.arange(len(images), dtype=torch.float64)[:, None]
        generator = torch.Generator().manual_seed(seed)
        order = drawn(rows, self.batch_size, schedule.steps, generator)
        with threads(self.threads):
            for update in range(self.updates):
                chosen, times, _ = next(order)
                places = chosen[:, 0].long()
                noise = torch.randn((len(places), *images.shape[1:]), generator=generator)
                kept = torch.rand(len(places), 1, generator=generator) >= self.dropped
                told = network.captions(captions[places].to(device))
                conditions = torch.where(kept.to(device), told, network.captions.unconditional(len(told)))
                drawn_now = (part.to(device) for part in (images[places], times, noise))
                loss = denoising_losses(partial(network, conditions=conditions), schedule, *drawn_now).mean()
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                rates.step()
                with torch.no_grad():
                    torch._foreach_lerp_(averages, parameters, 1 - min(self.average, (1 + update) / (10 + update)))
                if (update + 1) % 1000 == 0:
                    log(f"update {update + 1:,}/{self.updates:,}, loss {loss.item():.4f}")
        with torch.no_grad():
            torch._foreach_copy_(parameters, averages)
        network.eval()
