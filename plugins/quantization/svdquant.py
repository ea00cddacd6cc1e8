"""SVDQuant: outliers move into weights, and a product of low rank in half precision takes up the weights' own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._placement import place_activations, place_weights
from ._ranges import PERCENTILE, Ranges, activation_quantizer, weight_quantizer
from .smoothquant import smooth

if TYPE_CHECKING:
    from torch import nn


class SVDQuant(Quantizer):
    """``W = L1 L2 + R`` by singular values: ``x L1 L2`` in 16 bits, and R with its input in those of the precision.

    A rank of r costs ``16 r (D_in + D_out) / (D_in D_out)`` bits a weight. What is multiplied in 16 bits is a
    sixteenth of that, as a share of the layer's own products.
    """

    name = "svdquant"
    version = "1"
    card = Card(
        title="SVDQuant",
        status="reconstruction",
        paper="SVDQuant: Absorbing Outliers by Low-Rank Components for 4-Bit Diffusion Models",
        authors="Muyang Li, Yujun Lin, Zhekai Zhang, Tianle Cai, Xiuyu Li, Junxian Guo, Enze Xie, Chenlin Meng, "
        "Jun-Yan Zhu, Song Han",
        year=2025,
        url="https://arxiv.org/abs/2411.05007",
        note="Reconstruction: from the abstract alone. Outliers move as in SmoothQuant, where a layer norm feeds "
        "linear layers alone. One decomposition, not refined. Scales are the track's, one a tensor and one an output "
        "channel. The rank is small since the layers are; the paper's models have billions of parameters.",
    )

    class Parameters(Quantizer.Parameters):
        """What the abstract does not say."""

        rank: int = Field(4, ge=1, description="of what is kept in 16 bits, in every inner linear layer")
        alpha: float = Field(0.5, ge=0, le=1, description="share of the difficulty that moves into the weights")
        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")

    parameters: Parameters
    grid = {"rank": (4, 1, 2, 8), "alpha": (0.5, 0.25, 0.75)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model: smoothed, split, and the rest rounded to nearest."""
        smooth(fake.insert(model), calibration.images, self.parameters.alpha)
        if spec.weight_bits < FLOAT:
            split(model, self.parameters.rank)
        ranges = self.parameters.ranges
        place_activations(model, calibration.images, spec, partial(activation_quantizer, ranges, PERCENTILE))
        place_weights(model, spec, partial(weight_quantizer, ranges))
        return model


def split(model: nn.Module, rank: int) -> None:
    """Put `LowRank` in the place of every inner linear layer, in place; none of them has quantizers yet.

    A rank of a layer's lesser side and more leaves a rest of rounding alone.
    """
    from ._branches import LowRank

    for site in fake.weight_sites(model):
        if site.owner.weight.ndim == 2 and not site.edge:
            model.set_submodule(site.name.removesuffix(".weight"), LowRank(site.owner, rank))
