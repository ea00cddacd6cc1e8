"""RepQ-ViT: calibrate with scales that suit the distribution, then reparameterise to ones that suit the hardware."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._placement import place_activations, place_weights
from ._ranges import PERCENTILES
from ._reparameterisation import absorb, norms_with_layers

if TYPE_CHECKING:
    from torch import Tensor, nn

VALUES = 2**24
"""The most of which torch takes quantiles."""
LEAST_SHARE = 1e-3
"""Of the mean scale, what a channel's scale is at least: a channel that never changes has none of its own."""


class RepQViT(Quantizer):
    """Outputs of layer norms get a scale per channel, moved into the norm and the next layer; softmax a log grid.

    Source: Li et al. 2023, after the authors' code: affine weights per output channel, and ranges of weights and
    activations from the one of three percentiles with the least squared error. Unlike theirs, all activations are
    observed on the float model, and the mean zero point is rounded before the shift is computed, without which it is
    no zero point of integers; the network's function is kept either way.
    """

    name = "repq-vit"
    version = "1"
    card = Card(
        title="RepQ-ViT",
        status="authors' code",
        paper="RepQ-ViT: Scale Reparameterization for Post-Training Quantization of Vision Transformers",
        authors="Zhikai Li, Junrui Xiao, Lianwei Yang, Qingyi Gu",
        year=2023,
        url="https://arxiv.org/abs/2212.08254",
        note="Rounded mean zero point, 2^b levels after softmax; 'published' restores the fraction and one level more.",
    )

    class Parameters(Quantizer.Parameters):
        """Integers, or what was published."""

        published: bool = Field(
            False, description="zero point not rounded, softmax quantizer with 2^b + 1 levels, as in the authors' code"
        )

    parameters: Parameters

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the quantized model."""
        fake.insert(model)
        moved = self._reparameterised(model, calibration.images, spec.activation_bits)
        context.log(f"layers with reparameterised inputs: {len(moved)}")

        def rule(site: fake.Site, observation: fake.Observation, bits: int) -> fake.FakeQuantizer:
            if site.kind == "attention":
                return log_sqrt2(observation.sample, bits, self.parameters.published)
            return moved.get(site.owner) or affine(observation.sample[None], bits)

        place_activations(model, calibration.images, spec, rule)
        place_weights(model, spec, weight_quantizer)
        return model

    def _reparameterised(self, model: nn.Module, images: Tensor, bits: int) -> dict[nn.Module, fake.Uniform]:
        """Reparameterise all layer norms before inner linear layers; return those layers' input quantizers."""
        inner = {site.owner for site in fake.activation_sites(model) if not site.edge}
        moved: dict[nn.Module, fake.Uniform] = {}
        if bits >= FLOAT:
            return moved
        for norm, layers in norms_with_layers(model, images[:1]):
            if not inner.issuperset(layers) or _padded(model, norm, layers[0], images[:1]):
                continue
            x = fake.layer_inputs(model, layers[0], images).flatten(0, -2)
            scale, zero_point = per_channel(x, bits)
            mean_scale, mean_zero = scale.mean(), zero_point.mean()
            if not self.parameters.published:
                mean_zero = mean_zero.round()
            absorb(norm, layers, scale / mean_scale, (mean_zero - zero_point) * mean_scale)
            moved |= {layer: fake.Uniform(bits, mean_scale, mean_zero) for layer in layers}
        return moved


def affine(rows: Tensor, bits: int) -> fake.Uniform:
    """Return the affine quantizer of rows [R, M] with scales [R, 1], of one row with one scale.

    Each row is clipped at the one of `PERCENTILES`, and 1 minus it below, with the least squared error.
    """
    import torch

    ranges = torch.stack([rows.quantile(torch.tensor([1 - p, p]).to(rows), dim=1) for p in PERCENTILES])
    tried = [fake.Uniform.affine(bits, low[:, None], high[:, None]) for low, high in ranges]
    errors = torch.stack([(quantizer(rows) - rows).square().mean(dim=1) for quantizer in tried])
    low, high = ranges[errors.argmin(dim=0), :, torch.arange(len(rows), device=rows.device)].T
    if len(rows) == 1:
        return fake.Uniform.affine(bits, low[0], high[0])
    return fake.Uniform.affine(bits, low[:, None], high[:, None], granularity="per-channel")


def weight_quantizer(weight: Tensor, bits: int) -> fake.Uniform:
    """Return the affine quantizer of a weight [D_out, ...], with a scale and a zero point per output channel."""
    rows = affine(weight.flatten(1), bits)
    shape = len(weight), *[1] * (weight.ndim - 1)
    return fake.Uniform(bits, rows.scale.reshape(shape), rows.zero_point.reshape(shape), granularity="per-channel")


def per_channel(x: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Return scale [D] and zero point [D] of each channel of tokens [T, D]."""
    import torch

    quantizer = affine(x[:: -(-x.numel() // VALUES)].T.contiguous(), bits)
    scale = quantizer.scale.flatten()
    floored = scale.maximum(LEAST_SHARE * scale.mean())
    low = -quantizer.zero_point.flatten() * scale
    return floored, torch.round(-low / floored)


def log_sqrt2(sample: Tensor, bits: int, extra_zero: bool) -> fake.Logarithmic:
    """Return the quantizer of softmax outputs: powers of the root of 2, times the best of three percentiles."""
    tried = [fake.Logarithmic(bits, sample.quantile(p), math.sqrt(2), extra_zero=extra_zero) for p in PERCENTILES]
    return min(tried, key=lambda quantizer: float((quantizer(sample) - sample).square().mean()))


def _padded(model: nn.Module, norm: nn.Module, layer: nn.Module, image: Tensor) -> bool:
    """Tell whether zeros are put between norm and layer, as in Swin's windows: these would need the shift as well."""
    sizes: list[int] = []
    with norm.register_forward_hook(lambda _, __, output: sizes.append(output.numel())):
        return fake.layer_inputs(model, layer, image).numel() > sizes[0]
