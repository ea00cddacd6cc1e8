"""The denoiser after task 1, as methods may look at it; every pass is counted."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from suite.diffusion.schedule import Schedule
from suite.diffusion.training import denoising_losses
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.learner import Learner

CHUNK = 64
"""Samples in a pass."""

Weights = dict[str, Tensor]


class DenoiserLearner(Learner):
    """The `Learner` of a denoiser: it has losses and gradients, but no logits and no history.

    The loss of a sample is that of the noise found at the task's timesteps, mean over these. The noise is drawn once
    and is the same for every sample, so that losses tell samples apart and not draws; it is not that of the test.
    A sample at each timestep counts as a pass.
    """

    model = "a denoiser"

    def __init__(
        self,
        network: nn.Module,
        inputs: Tensor,
        schedule: Schedule,
        timesteps: tuple[int, ...],
        *,
        step: float,
        seed: int,
        device: str,
    ) -> None:
        """Look at a network on ``device``; sample ``row`` of the stream is ``inputs[row]`` [N, ...] to the network.

        ``step`` is the learning rate of `losses_after_step`, ``seed`` that of the noise.
        """
        self._network = network
        self._inputs = inputs
        self._schedule = schedule
        self._times = torch.tensor(timesteps, device=device)
        noise = torch.randn((len(timesteps), *inputs.shape[1:]), generator=torch.Generator().manual_seed(seed))
        self._noise = noise.to(device)
        self._step = step
        self._device = device
        self._weights = {name: weight.detach() for name, weight in network.named_parameters() if weight.requires_grad}
        self._centre = inputs.flatten(1).mean(dim=0)

    def flat(self, samples: Exemplars) -> Tensor:
        """Return what the network is given, pixels in [-1, 1] or latents, as vectors [N, d] over sqrt(d); free."""
        chosen: Tensor = self._inputs[samples.rows].flatten(1)
        return chosen / math.sqrt(chosen.shape[1])

    def features(self, samples: Exemplars) -> Tensor:
        """Return `flat` less its mean over task 1 [N, d]; free. The network has no space of its own for images."""
        chosen: Tensor = self._inputs[samples.rows].flatten(1) - self._centre
        return chosen / math.sqrt(chosen.shape[1])

    def losses(self, samples: Exemplars) -> Tensor:
        """See `Learner` [N]; counts a forward pass for each timestep."""
        return self._losses(samples, self._weights)

    @torch.no_grad()
    def denoising_errors(self, samples: Exemplars, noise: float, draws: int, generator: torch.Generator) -> Tensor:
        """See `Learner` [N]; by one evaluation, at the timestep whose noise is nearest. Counts a pass for each draw."""
        self.forward_passes += len(samples) * draws
        kept = self._schedule.kept
        time = int((kept - (1 - noise)).abs().argmin())
        share, size = float(kept[time]), self._inputs.shape[1:]
        drawn = torch.randn((draws, *size), generator=generator).to(self._device)
        blocks = []
        for clean in self._blocks(samples):
            times = torch.full((len(clean),), time, device=self._device)
            errors = torch.zeros(len(clean), device=self._device)
            for added in drawn:
                noised = self._schedule.noised(clean, times, added.expand_as(clean))
                found = functional_call(self._network, self._weights, (noised, times))
                denoised = (noised - (1 - share) ** 0.5 * found) / share**0.5
                errors += (denoised - clean).square().flatten(1).mean(dim=1) / draws
            blocks.append(errors.cpu())
        return torch.cat(blocks)

    def losses_after_step(self, batch: Exemplars, samples: Exemplars) -> Tensor:
        """See `Learner` [N]; the step is one of SGD at the recipe's learning rate."""
        descent = self._mean_gradient(batch)
        moved = {name: weight - self._step * descent[name] for name, weight in self._weights.items()}
        return self._losses(samples, moved)

    def gradients(self, samples: Exemplars) -> Tensor:
        """See `Learner` [N, P], in float32: that is four bytes times P for each sample."""
        self.forward_passes += len(samples) * len(self._times)
        self.backward_passes += len(samples) * len(self._times)
        of_each = vmap(grad(lambda weights, clean: self._loss(weights, clean[None])[0]), in_dims=(None, 0))
        blocks = []
        for clean in self._blocks(samples):
            with sdpa_kernel(SDPBackend.MATH):  # the others cannot be mapped over samples
                gradients = of_each(self._weights, clean)
            blocks.append(torch.cat([part.flatten(1) for part in gradients.values()], dim=1).cpu())
        return torch.cat(blocks)

    def mean_gradient(self, samples: Exemplars) -> Tensor:
        """See `Learner` [P]."""
        return torch.cat([part.flatten() for part in self._mean_gradient(samples).values()]).cpu()

    @torch.no_grad()
    def _losses(self, samples: Exemplars, weights: Weights) -> Tensor:
        self.forward_passes += len(samples) * len(self._times)
        blocks = [self._loss(weights, clean).cpu() for clean in self._blocks(samples)]
        return torch.cat(blocks)

    def _mean_gradient(self, samples: Exemplars) -> Weights:
        self.forward_passes += len(samples) * len(self._times)
        self.backward_passes += len(samples) * len(self._times)
        total = {name: torch.zeros_like(weight) for name, weight in self._weights.items()}
        summed = grad(lambda weights, clean: self._loss(weights, clean).sum())
        for clean in self._blocks(samples):
            for name, part in summed(self._weights, clean).items():
                total[name] += part / len(samples)
        return total

    def _loss(self, weights: Weights, clean: Tensor) -> Tensor:
        """Return the loss of each input [B]."""

        def network(noised: Tensor, times: Tensor) -> Tensor:
            noise: Tensor = functional_call(self._network, weights, (noised, times))
            return noise

        losses = [
            denoising_losses(network, self._schedule, clean, time.expand(len(clean)), noise.expand_as(clean))
            for time, noise in zip(self._times, self._noise, strict=True)
        ]
        return torch.stack(losses).mean(dim=0)

    def _blocks(self, samples: Exemplars) -> Iterator[Tensor]:
        for rows in torch.split(samples.rows, CHUNK):
            yield self._inputs[rows].to(self._device)
