"""Round to nearest, with ranges from the extremes, from percentiles, or by least squared error.

Weights get a symmetric scale per output channel, activations an affine one per tensor: the protocol's default.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from suite.tracks.quantization import Spec, fake

from ._placement import place_activations, place_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

Ranges = Literal["minmax", "percentile", "mse"]

PERCENTILES = (0.999, 0.9999, 0.99999)
"""Among which a weight's range is chosen by its squared error; RepQ-ViT's, and GPLQ's."""
PERCENTILE = 0.999
"""At which an activation is clipped where percentiles are asked for, and nothing else is said."""
SHRINKAGES = 60
"""How many ranges, from the extremes down to a twentieth of them, the search for the least squared error tries."""


def round_to_nearest(
    model: nn.Module, images: Tensor, spec: Spec, ranges: Ranges, percentile: float = PERCENTILE
) -> nn.Module:
    """Put quantizers at every site, in place, by what is observed on images [N, C, H, W]; return the model."""
    place_activations(fake.insert(model), images, spec, partial(activation_quantizer, ranges, percentile))
    place_weights(model, spec, partial(weight_quantizer, ranges))
    return model


def weight_quantizer(ranges: Ranges, weight: Tensor, bits: int) -> fake.Uniform:
    """Return the quantizer of a weight [D_out, ...], symmetric, with a scale per output channel."""
    limits = {"minmax": _largest, "percentile": percentile_limits, "mse": _least_error_limits}[ranges](weight, bits)
    return fake.Uniform.symmetric(bits, limits, granularity="per-channel")


def activation_quantizer(
    ranges: Ranges, percentile: float, site: fake.Site, observation: fake.Observation, bits: int
) -> fake.Uniform:
    """Return the quantizer of an activation, affine, with one scale; ``percentile`` only if the range is one."""
    low, high = observation.low.min(), observation.high.max()
    if ranges == "percentile":
        low, high = quantile(observation.sample, 1 - percentile), quantile(observation.sample, percentile)
    if ranges == "mse":
        low, high = _least_error_range(observation.sample, low, high, bits)
    return fake.Uniform.affine(bits, low, high)


def quantile(values: Tensor, fraction: float) -> Tensor:
    """Return a quantile of all values, interpolated; of any number of values, unlike torch's."""
    flat = values.flatten()
    place = fraction * (len(flat) - 1)
    below = int(place)
    under, over = (flat.kthvalue(min(below + above, len(flat) - 1) + 1).values for above in (0, 1))
    return under + (over - under) * (place - below)


def percentile_limits(weight: Tensor, bits: int) -> Tensor:
    """Return for each row of a weight [D_out, ...] the limit among `PERCENTILES` with the least squared error.

    Source: the specification of GPLQ's stage 2: ``max(|quantile(w, p)|, |quantile(w, 1 - p)|)``.
    """
    rows = weight.flatten(1)
    candidates = [rows.quantile(p, dim=1).abs().maximum(rows.quantile(1 - p, dim=1).abs()) for p in PERCENTILES]
    return _best(weight, candidates, bits)


def _largest(weight: Tensor, bits: int) -> Tensor:
    return _shaped(weight.flatten(1).abs().amax(dim=1), weight)


def _least_error_limits(weight: Tensor, bits: int) -> Tensor:
    import torch

    largest = weight.flatten(1).abs().amax(dim=1)
    return _best(weight, [largest * float(share) for share in torch.linspace(1, 0.2, SHRINKAGES)], bits)


def _best(weight: Tensor, candidates: list[Tensor], bits: int) -> Tensor:
    """Return for each row the candidate limit [D_out] with the least squared error, shaped to broadcast."""
    import torch

    errors = []
    for limit in candidates:
        quantized = fake.Uniform.symmetric(bits, _shaped(limit, weight))(weight)
        errors.append((quantized - weight).flatten(1).square().mean(dim=1))
    best = torch.stack(errors).argmin(dim=0)
    return _shaped(torch.stack(candidates).gather(0, best[None])[0], weight)


def _least_error_range(sample: Tensor, low: Tensor, high: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    import torch

    shares = torch.linspace(1, 0.05, SHRINKAGES)
    errors = [
        (fake.Uniform.affine(bits, low * share, high * share)(sample) - sample).square().mean() for share in shares
    ]
    best = shares[int(torch.stack(errors).argmin())]
    return low * best, high * best


def _shaped(rows: Tensor, weight: Tensor) -> Tensor:
    return rows.reshape(-1, *[1] * (weight.ndim - 1))
