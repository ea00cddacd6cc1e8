"""Sampling under guidance without a classifier (Ho and Salimans 2022), with a plan for each sample.

With e = eps(x, t, y) - eps(x, t, null) the noise that is followed is::

    eps(x, t, null) + scale * e

A plan names each sample's initial noise, its condition, and its scale at each step, or a guide that decides while it
sees the sample come about. Each network evaluation and each backward pass through one is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from suite.diffusion.steps import Steps
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from suite.diffusion.captions import Captioned

ROWS = 256
"""Rows in a pass of the network on a CPU: with many more, the activations of a small network leave the cache."""


@dataclass(frozen=True)
class Seen:
    """What a guide is shown at a step of N samples.

    Attributes:
        number: of the step, from 0.
        latents: [N, ...].
        difference: e at this step [N, ...]; its norm is ``norms`` [N].
    """

    number: int
    latents: Tensor
    difference: Tensor

    @property
    def norms(self) -> Tensor:
        """The Euclidean norm of e [N]."""
        norms: Tensor = self.difference.flatten(1).norm(dim=1)
        return norms


@runtime_checkable
class Guide(Protocol):
    """Decides about guidance while samples come about. An object serves one walk."""

    def scale(self, seen: Seen) -> Tensor:
        """Return the guidance scale of each sample at this step [N], finite."""


@dataclass(frozen=True)
class Attention:
    """How the cross-attention of N latents to their conditions [N, L, D] is changed.

    Attributes:
        factors: of the logits of each of L tokens [N, L]; the empty condition's stay as they are.
        shown: which tokens are attended to [N, L], of the empty condition too.
    """

    factors: Tensor
    shown: Tensor


@dataclass(frozen=True)
class Plan:
    """What to sample.

    Attributes:
        noise: the initial latents [N, ...].
        conditions: [N, ...].
        scales: of guidance, by step and sample [S, N], or a `Guide`.
        attention: how cross-attention is changed at every step, or None; for denoisers that have it.
    """

    noise: Tensor
    conditions: Tensor
    scales: Tensor | Guide
    attention: Attention | None = None


@dataclass(frozen=True)
class Path:
    """How N samples came about in S steps.

    Attributes:
        final: the samples [N, ...].
        norms: |e| at each step [S, N]; not a number where one of the two predictions was not needed.
        clean: what was predicted of the samples without noise [S, N, ...], or None if it was not kept.
        latents: [S, N, ...], likewise.
    """

    final: Tensor
    norms: Tensor
    clean: Tensor | None = None
    latents: Tensor | None = None


class Sampler:
    """A network that is told conditions, the steps to take, and a meter.

    Attributes:
        device: where the network is.
        evaluations: how often the network was asked about one latent.
        backward: how often a gradient went back through such an evaluation; one of zeros is none.
    """

    def __init__(self, network: Captioned, steps: Steps, rows: int | None = None) -> None:
        """``network`` maps latents [B, ...], timesteps [B] and conditions [B, ...] to noise, and has ``captions``."""
        self._network, self.steps = network, steps
        self.device = next(network.parameters()).device
        self._rows = rows or (ROWS if self.device.type == "cpu" else 2**20)
        self.evaluations = self.backward = 0

    @property
    def times(self) -> tuple[float, ...]:
        """The timesteps that are visited, the noisiest first."""
        return self.steps.times

    def unconditional(self, count: int) -> Tensor:
        """Return the conditions that say nothing [count, ...]."""
        return self._network.captions.unconditional(count).detach()

    def predicted(self, latents: Tensor, conditions: Tensor, number: int = 0) -> Tensor:
        """Return the noise in latents [N, ...] at step ``number``, told conditions [N, ...]; differentiable."""
        return self._evaluated(latents, conditions, number, None)

    def _evaluated(self, latents: Tensor, conditions: Tensor, number: int, attention: Attention | None) -> Tensor:
        shown = self.steps.scaled(latents, number)
        times = torch.full((len(shown),), self.times[number], device=shown.device)
        changed = () if attention is None else (attention.factors, attention.shown)
        passes = zip(*(torch.split(part, self._rows) for part in (shown, times, conditions, *changed)), strict=True)
        found = torch.cat([self._network(*each[:3], *([Attention(*each[3:])] if changed else [])) for each in passes])
        self.evaluations += len(found)
        if found.requires_grad:
            found.register_hook(self._went_back)
        return found

    def difference(self, latents: Tensor, conditions: Tensor, number: int = 0) -> Tensor:
        """Return e at step ``number`` for latents [N, ...] and conditions [N, ...]; two evaluations, differentiable."""
        both = torch.cat([latents, latents]), torch.cat([conditions, self.unconditional(len(latents))])
        told, untold = self.predicted(*both, number).chunk(2)
        return told - untold

    def first_norms(self, noise: Tensor, conditions: Tensor, attention: Attention | None = None) -> Tensor:
        """Return |e| at the first step for noise [N, ...] and conditions [N, ...], as [N]; two evaluations a sample."""
        plan, null = Plan(noise, conditions, torch.zeros(1, len(noise)), attention), self.unconditional(len(noise))
        with torch.inference_mode():
            _, told, untold = self._both(plan, noise, null, 0, True)
            norms: Tensor = (told - untold).flatten(1).norm(dim=1)
        return norms.clone()

    def sample(self, plan: Plan, keep: Sequence[str] = (), generator: Generator | None = None) -> Path:
        """Sample as planned.

        A sample costs one evaluation at a step where its scale is 0 or 1, and two otherwise, or if a guide looks on or
        ``keep`` names ``norms``. ``keep`` may name ``clean`` and ``latents`` too.

        Raises:
            ValueError: the plan changes attention, which the network does not have; or a guide's scales are none.
        """
        if plan.attention is not None and not self._network.attends:
            raise ValueError("this denoiser has no cross-attention that could be changed")
        kept: dict[str, list[Tensor]] = {"norms": [], "clean": [], "latents": []}
        with torch.inference_mode():
            latents = plan.noise
            null = self.unconditional(len(latents))
            for number in range(len(self.times)):
                scales, told, untold = self._both(plan, latents, null, number, "norms" in keep)
                # 1 and 0 exactly, whatever the prediction that was not made
                noise = torch.where(
                    scales == 0, untold, torch.where(scales == 1, told, untold + scales * (told - untold))
                )
                after, clean = self.steps.taken(latents, noise, number, generator)
                kept["norms"].append((told - untold).flatten(1).norm(dim=1))
                for name, value in (("clean", clean), ("latents", latents)):
                    if name in keep:
                        kept[name].append(value)
                latents = after
        parts: dict[str, Any] = {name: torch.stack(values).clone() for name, values in kept.items() if values}
        return Path(latents.clone(), **parts)

    def _both(
        self, plan: Plan, latents: Tensor, null: Tensor, number: int, always: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return scales [N, 1, ...] and both predictions [N, ...], in one pass; nan where one is not needed."""
        planned = plan.scales
        count, shape = len(latents), (-1, *[1] * (latents.ndim - 1))
        every = torch.ones(count, dtype=torch.bool, device=latents.device)
        scales = planned[number].to(latents) if isinstance(planned, torch.Tensor) else every.float()
        needed = [every, every] if always or not isinstance(planned, torch.Tensor) else [scales != 0, scales != 1]
        where = [mask.nonzero()[:, 0] for mask in needed]
        conditions = torch.cat([plan.conditions[where[0]], null[where[1]]])
        attention = None if plan.attention is None else _rows_of(plan.attention, *where)
        found = self._evaluated(torch.cat([latents[rows] for rows in where]), conditions, number, attention)
        predictions = []
        for rows, part in zip(where, found.split([len(rows) for rows in where]), strict=True):
            whole = torch.full_like(latents, torch.nan)
            whole[rows] = part.to(whole)
            predictions.append(whole)
        told, untold = predictions
        if not isinstance(planned, torch.Tensor):
            given: Any = planned.scale(Seen(number, latents.clone(), told - untold))
            if not isinstance(given, torch.Tensor) or given.shape != (count,) or not given.isfinite().all():
                raise ValueError(f"a guide's scales are not finite of shape {(count,)}")
            scales = given.to(latents)
        return scales.reshape(shape), told, untold

    def _went_back(self, gradient: Tensor) -> None:
        self.backward += int(gradient.flatten(1).any(dim=1).sum())


def _rows_of(attention: Attention, told: Tensor, untold: Tensor) -> Attention:
    """Return the attention of rows that are told their conditions, and of others that are not."""
    factors = torch.cat([attention.factors[told], torch.ones_like(attention.factors[untold])])
    return Attention(factors, torch.cat([attention.shown[told], attention.shown[untold]]))
