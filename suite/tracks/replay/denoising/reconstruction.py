"""How well a denoiser reconstructs inputs: noise them, go back by DDIM, compare.

This error and its rise are our design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from suite.diffusion.schedule import Schedule

CHUNK = 2**20
"""Numbers in a batch of inputs: a thousand images of 16x16, or 64 latents of Stable Diffusion."""


@dataclass(frozen=True)
class Reconstruction:
    """From which timesteps, by which strides, with which noise.

    Attributes:
        schedule: of the noise.
        timesteps: to noise to, each in its turn.
        stride: timesteps between two evaluations of the network on the way back.
        seed: of the noise: the same for the same inputs, before and after.
    """

    schedule: Schedule
    timesteps: Sequence[int]
    stride: int
    seed: int

    def errors(self, network: nn.Module, inputs: Tensor, device: str) -> Tensor:
        """Return each input's squared error per number, mean over timesteps [N], float64, for inputs [N, ...]."""
        generator = torch.Generator().manual_seed(self.seed)
        errors = []
        for time in self.timesteps:
            noise = torch.randn(inputs.shape, generator=generator)
            rows = max(1, CHUNK // inputs[0].numel())
            blocks = zip(torch.split(inputs, rows), torch.split(noise, rows), strict=True)
            errors.append(torch.cat([self._block(network, time, *(x.to(device) for x in block)) for block in blocks]))
        return torch.stack(errors).mean(dim=0).cpu()

    @torch.no_grad()
    def _block(self, network: nn.Module, time: int, clean: Tensor, noise: Tensor) -> Tensor:
        times = torch.full((len(clean),), time, device=clean.device)
        noised = self.schedule.noised(clean, times, noise)
        reconstructed = self.schedule.reconstructed(network, noised, time, self.stride)
        return (reconstructed - clean).double().square().flatten(1).mean(dim=1)
