"""Training denoisers: predict the noise, for a fixed number of updates, with or without replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from suite.diffusion.schedule import Schedule
from suite.lazy import torch
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.diffusion.schedule import Denoiser

    Draw = tuple[Tensor, Tensor, Tensor]

REPLAY_STREAM = 2**32  # added to the seed: what is replayed must not change the sequence of current batches


@dataclass(frozen=True)
class DenoisingRecipe:
    """Training by AdamW at a constant rate; the weights that are kept are an exponential moving average.

    Attributes:
        updates: how many there are, whatever is replayed.
        batch_size: inputs of the current data in an update.
        average: decay of the moving average, at most; in the first updates it is (1 + n) / (10 + n).
        threads: of a CPU that an operation is cut up for, None for all; a small network is faster with one, and much
            faster on a busy machine.
    """

    updates: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.0
    average: float = 0.999
    threads: int | None = None
    version: str = "1"

    @property
    def identity(self) -> dict[str, Any]:
        """The recipe as plain data, for hashing; threads are no part of it."""
        return {name: value for name, value in asdict(self).items() if name != "threads"}

    def train(
        self,
        network: nn.Module,
        inputs: Tensor,
        schedule: Schedule,
        *,
        seed: int,
        device: str,
        log: Callable[[str], None],
        replayed: Tensor | None = None,
        replay_batch: int = 0,
    ) -> None:
        """Train ``network`` in place and leave it in evaluation mode, with the averaged weights.

        Every update takes a batch of ``inputs`` and, if anything is replayed, ``replay_batch`` of that beside it, each
        input with a weight of one. Current batches, their timesteps and their noise are the same whatever is replayed.

        Args:
            network: maps noised inputs [B, ...] and timesteps [B] to noise [B, ...].
            inputs: the current data [N, ...], N at least 1.
            schedule: of the noise.
            seed: of batches, timesteps and noise.
            device: where to train.
            log: called every thousand updates.
            replayed: inputs to replay [K, ...], None or empty for none.
            replay_batch: how many of them in an update; they come again as often as it takes.
        """
        draws = [drawn(inputs, self.batch_size, schedule.steps, torch.Generator().manual_seed(seed))]
        if replayed is not None and len(replayed) and replay_batch:
            others = torch.Generator().manual_seed(seed + REPLAY_STREAM)
            draws.append(drawn(replayed, replay_batch, schedule.steps, others))
        batches = (joined(parts, device) for parts in zip(*draws, strict=True))
        network.to(device).train()
        with threads(self.threads):
            self._descend(network, batches, schedule, log)
        network.eval()

    def _descend(
        self, network: nn.Module, batches: Iterator[Draw], schedule: Schedule, log: Callable[[str], None]
    ) -> None:
        parameters: list[Tensor] = [parameter for parameter in network.parameters() if parameter.requires_grad]
        optimiser = torch.optim.AdamW(parameters, lr=self.learning_rate, weight_decay=self.weight_decay, fused=True)
        averages = [parameter.detach().clone() for parameter in parameters]
        for update, (clean, times, noise) in enumerate(islice(batches, self.updates)):
            loss = denoising_losses(network, schedule, clean, times, noise).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            with torch.no_grad():
                torch._foreach_lerp_(averages, parameters, 1 - min(self.average, (1 + update) / (10 + update)))
            if (update + 1) % 1000 == 0:
                log(f"update {update + 1:,}/{self.updates:,}, loss {loss.item():.4f}")
        with torch.no_grad():
            torch._foreach_copy_(parameters, averages)


def denoising_losses(network: Denoiser, schedule: Schedule, clean: Tensor, times: Tensor, noise: Tensor) -> Tensor:
    """Return the mean squared error of the noise that the network finds in each input [B].

    Inputs and noise are [B, ...], timesteps [B], int64.
    """
    found = network(schedule.noised(clean, times, noise), times)
    return (found - noise).square().flatten(1).mean(dim=1)


def drawn(inputs: Tensor, batch: int, steps: int, generator: torch.Generator) -> Iterator[Draw]:
    """Yield inputs [batch, ...] with timesteps [batch] and noise, for ever: all inputs before any comes again."""
    rows = torch.empty(0, dtype=torch.int64)
    while True:
        while len(rows) < batch:
            rows = torch.cat([rows, torch.randperm(len(inputs), generator=generator)])
        clean, rows = inputs[rows[:batch]], rows[batch:]
        times = torch.randint(steps, (batch,), generator=generator)
        yield clean, times, torch.randn(clean.shape, generator=generator)


def joined(parts: Sequence[Draw], device: str) -> Draw:
    """Return draws as one, on the device."""
    clean, times, noise = (torch.cat(each).to(device) for each in zip(*parts, strict=True))
    return clean, times, noise
