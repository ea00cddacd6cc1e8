"""A denoiser and its training inputs, as a subject of `suite.landscape`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from suite.landscape.subject import Subject, chosen
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.contracts import Resources
    from suite.diffusion.schedule import Schedule


def denoiser(
    network: nn.Module,
    inputs: Tensor,
    samples: int,
    schedule: Schedule,
    initial: nn.Module,
    resources: Resources,
    captions: Tensor | None = None,
) -> Subject:
    """Return a denoiser, judged by its mean squared error of the noise at some of its training inputs [N, ...].

    Each input has one timestep and one noise, the same in every call, and its ``captions`` [N, L] where the network
    takes conditions of them; no caption is dropped.
    """
    rows = chosen(len(inputs), samples)
    generator = torch.Generator().manual_seed(0)
    times = torch.randint(schedule.steps, (len(rows),), generator=generator)
    noise = torch.randn((len(rows), *inputs.shape[1:]), generator=generator)
    # Here, and not in what is differentiated: a schedule keeps tensors.
    noised = schedule.noised(inputs[rows], times, noise)
    drawn = (noised, times, noise, *(() if captions is None else (captions[rows],)))
    data = tuple(part.to(resources.device) for part in drawn)
    return Subject(network=network, loss=_loss, data=data, initial=initial.to(resources.device).eval())


def _loss(network: Any, noised: Tensor, times: Tensor, noise: Tensor, captions: Tensor | None = None) -> Tensor:
    told = network if captions is None else partial(network, conditions=network.captions(captions))
    error: Tensor = told(noised, times) - noise
    return error.square().mean()
