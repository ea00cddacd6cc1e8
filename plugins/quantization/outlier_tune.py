"""OutlierTune: a scale for each channel of an activation, multiplied into the weights before these are quantized."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._placement import place_activations, place_weights
from ._ranges import PERCENTILE, Ranges, activation_quantizer, weight_quantizer
from ._reparameterisation import absorb, norms_with_layers
from .repq_vit import LEAST_SHARE

if TYPE_CHECKING:
    from torch import Tensor, nn


class OutlierTune(Quantizer):
    """Inputs of linear layers get a scale per channel that costs nothing at run time.

    The weights have the scales multiplied in before they are quantized, so that integers are multiplied (``folds``).
    First each channel's range is balanced, so that its scale is no larger than it must be. What a layer norm makes is
    centred: the norm's bias takes up the shift, and the next layers' biases undo it. Other inputs get a zero point.
    """

    name = "outlier-tune"
    version = "1"
    card = Card(
        title="OutlierTune",
        status="reconstruction",
        paper="OutlierTune: Efficient Channel-Wise Quantization for Large Language Models",
        authors="Jinguang Wang, Yuexi Yin, Haifeng Sun, Qi Qi, Jingyu Wang, Zirui Zhuang, Tingting Yang, Jianxin Liao",
        year=2024,
        url="https://arxiv.org/abs/2406.18832",
        note="Reconstruction: from the abstract, which names the folding and a symmetrization and no formula. Centring "
        "each channel is how this suite reads the latter.",
    )

    class Parameters(Quantizer.Parameters):
        """What the abstract leaves open."""

        centre: bool = Field(True, description="balance each channel's range around zero before it is quantized")
        ranges: Ranges = Field("mse", description="of weights and attention's products: minmax, percentile or mse")

    parameters: Parameters
    grid = {"centre": (True, False), "ranges": ("mse", "minmax", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with folded scales, rounded to nearest."""
        fake.insert(model)
        centred: set[fake.QuantLayer] = set()
        if spec.activation_bits < FLOAT and self.parameters.centre:
            centred = centre(model, calibration.images)
            context.log(f"layers with centred inputs: {len(centred)}")

        def rule(site: fake.Site, observation: fake.Observation, bits: int) -> fake.FakeQuantizer:
            if site.kind != "linear-input":
                return activation_quantizer(self.parameters.ranges, PERCENTILE, site, observation, bits)
            return per_channel(observation, bits, symmetric=site.owner in centred or not self.parameters.centre)

        place_activations(model, calibration.images, spec, rule)
        for _, layer in fake.quant_layers(model):
            quantizer = layer.input_quantizer
            layer.folds = isinstance(quantizer, fake.Uniform) and quantizer.granularity == "per-channel"
        place_weights(model, spec, partial(weight_quantizer, self.parameters.ranges))
        return model


def per_channel(observation: fake.Observation, bits: int, *, symmetric: bool) -> fake.Uniform:
    """Return the quantizer of a linear layer's input from its extremes, with a scale for each channel."""
    low, high = observation.low, observation.high
    if symmetric:
        limit = high.maximum(-low)
        return fake.Uniform.symmetric(bits, limit.clamp(min=LEAST_SHARE * limit.mean()), granularity="per-channel")
    width = high - low
    return fake.Uniform.affine(bits, low, low + width.clamp(min=LEAST_SHARE * width.mean()), granularity="per-channel")


def centre(model: nn.Module, images: Tensor) -> set[fake.QuantLayer]:
    """Centre what layer norms feed to linear layers, in place; return these layers.

    The model, with layers for quantizers but none in them, keeps its function. Left out is what is padded with zeros
    between the norm and the layer, as in Swin's windows: these would need the shift too.

    Args:
        images: [N, C, H, W], which show the extremes of each channel.
    """
    import torch

    sites = {site.owner: site for site in fake.activation_sites(model)}
    pairs = [pair for pair in norms_with_layers(model, images[:1]) if not _padded(model, *pair, images[:1])]
    observed = fake.observe(model, [sites[fed[0]] for _, fed in pairs], images)
    for norm, fed in pairs:
        seen = observed[sites[fed[0]].name]
        absorb(norm, fed, torch.ones_like(seen.low), (seen.low + seen.high) / 2)
    return {layer for _, fed in pairs for layer in fed}


def _padded(model: nn.Module, norm: nn.Module, fed: list[fake.QuantLayer], image: Tensor) -> bool:
    """Tell whether more values enter the first layer than leave the norm."""
    left: list[int] = []
    with norm.register_forward_hook(lambda _, __, output: left.append(output.numel())):
        return fake.layer_inputs(model, fed[0], image).numel() > left[0]
