"""Training denoisers of a few coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from suite.diffusion.schedule import Schedule
from suite.errors import SuiteError
from suite.lazy import torch
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer


@dataclass(frozen=True)
class EvenRecipe:
    """Muon (Jordan et al. 2024) for the square matrices and Adam for the rest, where the authors take Adam for all.

    Both rates fall by a half cosine to 0; the weights that are kept are an exponential moving average. Every update has
    each timestep equally often.

    Attributes:
        updates: how many there are.
        each: points for each timestep in an update.
        muon, adam: the rates at the beginning.
        average: decay of the moving average, at most; in the first updates it is (1 + n) / (10 + n).
    """

    updates: int
    each: int
    muon: float = 0.02
    adam: float = 2e-3
    average: float = 0.999
    version: str = "1"

    @property
    def identity(self) -> dict[str, Any]:
        """The recipe as plain data, for hashing."""
        return asdict(self)

    def train(
        self, network: nn.Module, points: Tensor, schedule: Schedule, seed: int, log: Callable[[str], None]
    ) -> None:
        """Train ``network``, which maps noised points [K, T, D] and timesteps [T] to noise, in place.

        Args:
            network: left in evaluation mode, with the averaged weights.
            points: [N, D].
            schedule: of the noise.
            seed: of batches and noise.
            log: called every thousand updates.

        Raises:
            SuiteError: this torch has no Muon, which 2.9 brought.
        """
        parameters: list[Tensor] = list(network.train().parameters())
        optimisers = self._optimisers(parameters)
        rates = [torch.optim.lr_scheduler.CosineAnnealingLR(each, self.updates) for each in optimisers]
        averages = [parameter.detach().clone() for parameter in parameters]
        generator = torch.Generator().manual_seed(seed)
        times, shape = torch.arange(schedule.steps), (self.each, schedule.steps)
        with threads(1):
            for update in range(self.updates):
                rows = torch.randint(len(points), shape, generator=generator)
                noise = torch.randn((*shape, points.shape[1]), generator=generator)
                noised = schedule.noised(points[rows].transpose(0, 1), times, noise.transpose(0, 1)).transpose(0, 1)
                loss = (network(noised, times) - noise).square().mean()
                network.zero_grad()
                loss.backward()
                for optimiser, rate in zip(optimisers, rates, strict=True):
                    optimiser.step()
                    rate.step()
                with torch.no_grad():
                    torch._foreach_lerp_(averages, parameters, 1 - min(self.average, (1 + update) / (10 + update)))
                if (update + 1) % 1000 == 0:
                    log(f"update {update + 1:,}/{self.updates:,}, loss {loss.item():.4f}")
        with torch.no_grad():
            torch._foreach_copy_(parameters, averages)
        network.eval()

    def _optimisers(self, parameters: list[Tensor]) -> tuple[Optimizer, Optimizer]:
        square = [parameter for parameter in parameters if parameter.ndim == 2 and len(set(parameter.shape)) == 1]
        rest = [parameter for parameter in parameters if not any(parameter is each for each in square)]
        if not hasattr(torch.optim, "Muon"):
            raise SuiteError(
                f"torch {torch.__version__} does not have the optimizer Muon. Denoisers of mixtures need it",
                place="training a denoiser of a mixture",
                next="pip install 'torch>=2.9'",
            )
        muon = torch.optim.Muon(square, lr=self.muon, weight_decay=0.0)
        return muon, torch.optim.Adam(rest, lr=self.adam, fused=True)
