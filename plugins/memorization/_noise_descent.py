"""The per-sample adjustment of the initial noise, which two methods and two controls share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite.tracks.memorization import Mitigation, MitigationContext

from ._descent import Descent, descend

if TYPE_CHECKING:
    from torch import Tensor


class NoiseDescentParameters(Mitigation.Parameters):
    """Targets in units of ordinary captions' |e|; the rate that our prototype used for 64 numbers an image."""

    targets: tuple[float, ...] = Field(
        (1.2, 1.0, 0.9, 0.8, 0.7, 0.6), description="|e| to come down to, over its median for ordinary captions"
    )
    rate: float = Field(0.05, gt=0, description="learning rate of AdamW")
    most: int = Field(60, ge=1, description="steps at most")


class ControlParameters(NoiseDescentParameters):
    """Three targets: a control has to show a level, not a curve."""

    targets: tuple[float, ...] = Field(
        (1.0, 0.8, 0.6), description="|e| to come down to, over its median for ordinary captions"
    )


def adjusted(
    noise: Tensor,
    conditions: Tensor,
    target: float,
    parameters: NoiseDescentParameters,
    context: MitigationContext,
    *,
    on_shell: bool,
) -> Descent:
    """Return noise [N, ...] moved to where |e| is at most the target; with its own norms after each step if told so."""

    def difference(latents: Tensor, rows: Tensor) -> Tensor:
        return context.sampler.difference(latents, conditions[rows])

    def kept(latents: Tensor, rows: Tensor) -> Tensor:
        return with_norms(latents, norms_of(noise)[rows])

    least = target * context.ordinary
    return descend(noise, difference, least, parameters.rate, parameters.most, kept if on_shell else None)


def norms_of(latents: Tensor) -> Tensor:
    """Return the Euclidean norm of each latent [N, ...], as [N, 1, ...]."""
    norms: Tensor = latents.flatten(1).norm(dim=1)
    return norms.reshape(-1, *[1] * (latents.ndim - 1))


def with_norms(latents: Tensor, norms: Tensor) -> Tensor:
    """Return latents [N, ...] scaled to these norms [N, 1, ...]."""
    return latents * norms / norms_of(latents)


def sweep(parameters: NoiseDescentParameters) -> dict[str, float]:
    """Return the targets by label."""
    return {f"target {target:g}": target for target in parameters.targets}
