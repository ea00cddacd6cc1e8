"""SmoothQuant: outliers of activations are moved into weights before both are rounded to nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

from ._ranges import Ranges, round_to_nearest
from ._reparameterisation import absorb, norms_with_layers

if TYPE_CHECKING:
    from torch import Tensor, nn

SMALLEST = 1e-5
"""What a channel's largest magnitude counts for if it is less; otherwise a channel of zeros would have no scale."""


class SmoothQuant(Quantizer):
    """Scales ``max|X|^alpha / max|W|^(1 - alpha)`` per channel pass from layer norms into the weights behind them."""

    name = "smoothquant"
    version = "1"
    card = Card(
        title="SmoothQuant",
        status="paper",
        paper="SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models",
        authors="Guangxuan Xiao, Ji Lin, Mickael Seznec, Hao Wu, Julien Demouth, Song Han",
        year=2023,
        url="https://arxiv.org/abs/2211.10438",
        note="Wherever a layer norm feeds linear layers alone, as in the paper; what is rounded, and with which "
        "granularity, is the track's protocol, not the paper's symmetric INT8.",
    )

    class Parameters(Quantizer.Parameters):
        """The paper's alpha; its ranges are min/max."""

        alpha: float = Field(0.5, ge=0, le=1, description="share of the difficulty that moves into the weights")
        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")

    parameters: Parameters
    grid = {"alpha": (0.5, 0.25, 0.75), "ranges": ("mse", "minmax", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model, smoothed and rounded to nearest."""
        moved = smooth(fake.insert(model), calibration.images, self.parameters.alpha)
        context.log(f"scales moved out of {moved} layer norms")
        return round_to_nearest(model, calibration.images, spec, self.parameters.ranges)


def smooth(model: nn.Module, images: Tensor, alpha: float) -> int:
    """Move scales from the inputs of linear layers into their weights, in place; return how many layer norms took part.

    The model, with layers for quantizers but none in them, keeps its function. Layers that share a norm share scales.

    Args:
        images: [N, C, H, W], which show the largest magnitude of each channel.
        alpha: 0 evens out the weights' columns, 1 the activations' channels.
    """
    import torch

    pairs = norms_with_layers(model, images[:1])
    sites = {site.owner: site for site in fake.activation_sites(model)}
    observed = fake.observe(model, [sites[fed[0]] for _, fed in pairs], images)
    for norm, fed in pairs:
        seen = observed[sites[fed[0]].name]
        activation = seen.high.maximum(-seen.low)
        weight = torch.stack([layer.weight.detach().abs().amax(dim=0) for layer in fed]).amax(dim=0)
        absorb(norm, fed, activation.clamp(min=SMALLEST) ** alpha / weight.clamp(min=SMALLEST) ** (1 - alpha))
    return len(pairs)
