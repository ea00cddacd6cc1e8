"""Round to nearest, with ranges from the extremes, from percentiles, or by least squared error.

Weights get a symmetric scale per output channel, activations an affine one per tensor: the protocol's default.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from suite import Context
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

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


class RoundToNearest(Quantizer):
    """Base of the methods that do nothing but round."""

    ranges: ClassVar[Ranges]

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with all its tensors rounded to nearest."""
        return round_to_nearest(model, calibration.images, spec, self.ranges)


def round_to_nearest(
    model: nn.Module, images: Tensor, spec: Spec, ranges: Ranges, percentile: float = PERCENTILE
) -> nn.Module:
    """Put quantizers at every site, in place, by what is observed on images [N, C, H, W]; return the model."""
    place_activations(fake.insert(model), images, spec, partial(activation_quantizer, ranges, percentile))
    place_weights(model, spec, partial(weight_quantizer, ranges))
    return model


def weight_quantizer(ranges: Ranges, weight: Tensor, bits: int) -> fake.Uniform:
    """Return the quantizer of a weight [D_out, ...], symmetric, with a scale per output channel."""
    import torch

    shape = (-1, *[1] * (weight.ndim - 1))
    limits = [limit.reshape(shape) for limit in candidate_limits(ranges, weight.flatten(1))]
    tried = (fake.Uniform.symmetric(bits, limit)(weight) for limit in limits)
    errors = torch.stack([(quantized - weight).flatten(1).square().mean(dim=1) for quantized in tried])
    best = torch.stack(limits).gather(0, errors.argmin(dim=0).reshape(1, *shape))[0]
    return fake.Uniform.symmetric(bits, best, granularity="per-channel")


def candidate_limits(ranges: Ranges, rows: Tensor) -> list[Tensor]:
    """Return limits [D_out] of rows [D_out, K], of which the one with the least squared error is each row's.

    Percentiles are GPLQ's, of its stage 2: ``max(|quantile(w, p)|, |quantile(w, 1 - p)|)``.
    """
    import torch

    if ranges == "percentile":
        return [rows.quantile(p, dim=1).abs().maximum(rows.quantile(1 - p, dim=1).abs()) for p in PERCENTILES]
    largest = rows.abs().amax(dim=1)
    shares = torch.linspace(1, 0.2, SHRINKAGES if ranges == "mse" else 1)
    return [largest * float(share) for share in shares]


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


def _least_error_range(sample: Tensor, low: Tensor, high: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    import torch

    shares = torch.linspace(1, 0.05, SHRINKAGES)
    errors = [
        (fake.Uniform.affine(bits, low * share, high * share)(sample) - sample).square().mean() for share in shares
    ]
    best = shares[int(torch.stack(errors).argmin())]
    return low * best, high * best
