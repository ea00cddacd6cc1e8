"""What passes through a model's sites, seen on calibration images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.sites import Kind, Site

BATCH = 64
VALUES = 2**17
"""How many values of a site are kept, for percentiles and searches."""

KEPT: dict[Kind, tuple[int, ...]] = {"linear-input": (-1,), "conv-input": (1,), "key": (1, -2)}
"""Which dimensions of an activation have extremes of their own; attention's heads and channels where not named."""


class Observation:
    """The extremes and a sample of one site's values.

    Attributes:
        low, high: extremes over samples and tokens, shaped to broadcast against the activation: [D] for the input of a
            linear layer, [C, 1, 1] of a convolution, [H, 1, d] for a side of a product, [H, d, 1] for its keys, which
            come transposed.
        kind: of the site.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.low = torch.tensor(torch.inf)
        self.high = torch.tensor(-torch.inf)
        self._samples: list[Tensor] = []

    def add(self, x: Tensor, budget: int) -> None:
        """Take a batch of activations into account, keeping at most ``budget`` of its values."""
        kept = {dimension % x.ndim for dimension in KEPT.get(self.kind, (1, -1))}
        over = [dimension for dimension in range(1, x.ndim) if dimension not in kept]
        low, high = x.amin((0, *over), keepdim=True)[0], x.amax((0, *over), keepdim=True)[0]
        if self.kind == "linear-input":
            low, high = low.flatten(), high.flatten()
        self.low, self.high = torch.minimum(self.low.to(low), low), torch.maximum(self.high.to(high), high)
        flat = x.flatten()
        stride = max(1, -(-len(flat) // max(budget, 1)))
        # A stride that shares no factor with the row length visits every channel.
        while math.gcd(stride, x.shape[-1]) > 1:
            stride += 1
        self._samples.append(flat[::stride].clone())

    @property
    def seen(self) -> bool:
        """Whether anything passed."""
        return bool(self._samples)

    @property
    def sample(self) -> Tensor:
        """Values [M] of the activation, at even distances."""
        return torch.cat(self._samples)


class _Observer(nn.Module):
    def __init__(self, observation: Observation, budget: int) -> None:
        super().__init__()
        self.observation, self.budget = observation, budget

    def forward(self, x: Tensor) -> Tensor:
        self.observation.add(x.detach(), self.budget)
        return x


@torch.no_grad()
def observe(model: nn.Module, sites: Sequence[Site], images: Tensor, batch: int = BATCH) -> dict[str, Observation]:
    """Return what passed at each site, by name, while the model ran on images [N, C, H, W].

    Whatever quantizers the sites had are left out while watching, and put back.

    Raises:
        ValueError: nothing passed at a site: the model does not call the layer that it belongs to.
    """
    before = [site.quantizer for site in sites]
    observations = {site.name: Observation(site.kind) for site in sites}
    batches = torch.split(images, batch)
    for site in sites:
        site.put(_Observer(observations[site.name], -(-VALUES // len(batches))))
    try:
        for part in batches:
            model(part)
    finally:
        for site, quantizer in zip(sites, before, strict=True):
            site.put(quantizer)
    missed = [name for name, observation in observations.items() if not observation.seen]
    if missed:
        raise ValueError(f"the model never calls {', '.join(missed)}")
    return observations


@torch.no_grad()
def layer_inputs(model: nn.Module, layer: nn.Module, images: Tensor, batch: int = BATCH) -> Tensor:
    """Return what enters a layer, before its quantizer, or a block: [N, ...] for images [N, C, H, W].

    The rest of the model is not run.

    Raises:
        ValueError: the model does not call the layer.
    """
    parts: list[Tensor] = []

    def hook(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        parts.append(arguments[0].detach())
        raise _Seen

    with layer.register_forward_pre_hook(hook):
        for part in torch.split(images, batch):
            with suppress(_Seen):
                model(part)
    if not parts:
        raise ValueError(f"the model never calls this {type(layer).__name__}, so it has no input")
    return torch.cat(parts)


class _Seen(Exception):
    """What was looked for has been seen."""
