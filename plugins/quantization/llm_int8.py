"""LLM.int8(): a scale for each vector, and columns of outliers in half precision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._placement import place_activations, place_weights
from ._ranges import PERCENTILE, Ranges, activation_quantizer, weight_quantizer

if TYPE_CHECKING:
    from torch import Tensor, nn


class LLMInt8(Quantizer):
    """Inputs of linear layers have a scale per token, weights one per output; inputs with outliers stay in 16 bits.

    An input of a layer is an outlier if it was ever as large as the threshold on the calibration images. Its column of
    the weight is kept in 16 bits, at ``16 / D_in`` bits a weight for each, instead of those of the precision.
    """

    name = "llm-int8"
    version = "1"
    card = Card(
        title="LLM.int8()",
        status="paper",
        paper="LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale",
        authors="Tim Dettmers, Mike Lewis, Younes Belkada, Luke Zettlemoyer",
        year=2022,
        url="https://arxiv.org/abs/2208.07339",
        note="Outlying inputs are found on calibration images, once, not anew in each batch. The paper leaves "
        "attention's products in half precision; here they take the bits of the precision, as the track's protocol has "
        "it. Made for 8 bits, and does any. Its claim is about language models of 6.7 billion parameters and more.",
    )

    class Parameters(Quantizer.Parameters):
        """The paper's threshold; it is in the units of the activations."""

        threshold: float = Field(6.0, gt=0, description="magnitude from which an input of a layer is an outlier")
        ranges: Ranges = Field("mse", description="of attention's products and the image: minmax, percentile or mse")

    parameters: Parameters
    grid = {"threshold": (6.0, 3.0, 12.0, 24.0), "ranges": ("mse", "minmax", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model.

        Raises:
            ValueError: all inputs of a layer are outliers.
        """
        fake.insert(model)
        if spec.activation_bits < FLOAT:
            kept = keep_outliers(model, calibration.images, self.parameters.threshold)
            context.log(f"inputs kept in 16 bits: {kept}")
        place_activations(model, calibration.images, spec, self._activation)
        place_weights(model, spec, partial(weight_quantizer, "minmax"))
        return model

    def _activation(self, site: fake.Site, observation: fake.Observation, bits: int) -> fake.FakeQuantizer:
        if site.kind == "linear-input":
            return fake.PerToken(bits)
        return activation_quantizer(self.parameters.ranges, PERCENTILE, site, observation, bits)


def keep_outliers(model: nn.Module, images: Tensor, threshold: float) -> int:
    """Put `Columns` in the place of every inner linear layer with outliers, in place; return how many inputs these are.

    Args:
        model: with layers for quantizers, and none in them.
        images: [N, C, H, W], on which an input is an outlier if its magnitude reaches the threshold.
        threshold: in the units of the activations.

    Raises:
        ValueError: all inputs of a layer are outliers.
    """
    from ._branches import Columns

    sites = [site for site in fake.activation_sites(model) if site.kind == "linear-input" and not site.edge]
    observed = fake.observe(model, sites, images)
    count = 0
    for site in sites:
        name = site.name.removesuffix(".input")
        outliers = observed[site.name].high.maximum(-observed[site.name].low) >= threshold
        if outliers.all():
            raise ValueError(f"every input of {name} reaches the threshold of {threshold:g}; take a larger one")
        if outliers.any():
            model.set_submodule(name, Columns(site.owner, outliers))
            count += int(outliers.sum())
    return count
