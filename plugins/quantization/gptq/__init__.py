"""GPTQ: columns of weights are rounded in turn, and those still to come make up for the error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

from .._layerwise import in_order
from .._ranges import Ranges, round_to_nearest
from ._unfolding import hessians

if TYPE_CHECKING:
    from torch import Tensor, nn


class GPTQ(Quantizer):
    """Weights are rounded column by column along the Hessian of the layer's squared output error."""

    name = "gptq"
    version = "1"
    card = Card(
        title="GPTQ",
        status="paper",
        paper="GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers",
        authors="Elias Frantar, Saleh Ashkboos, Torsten Hoefler, Dan Alistarh",
        year=2023,
        url="https://arxiv.org/abs/2210.17323",
        note="Made for weights alone; here layers see quantized inputs too. Scales are symmetric with ranges of least "
        "squared error, not min/max; channels that are always zero are rounded to nearest, not set to zero.",
    )

    class Parameters(Quantizer.Parameters):
        """The paper's damping and block; its columns come in order, and its ranges are min/max."""

        damping: float = Field(0.01, gt=0, description="added to the Hessian's diagonal, as a share of its mean")
        block: int = Field(128, ge=1, description="columns between updates of all the rest; changes speed alone")
        act_order: bool = Field(False, description="columns with the largest inputs first")
        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")

    parameters: Parameters
    grid = {"damping": (0.01, 0.1), "act_order": (False, True), "ranges": ("mse", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with its weights on the grids of their quantizers."""
        images = calibration.images
        round_to_nearest(model, images, spec, self.parameters.ranges)
        for _, layer in in_order(model, images[:1]):
            if isinstance(layer.weight_quantizer, fake.Uniform):
                inputs = layer.input_quantizer(fake.layer_inputs(model, layer, images))
                self._round(layer, inputs, layer.weight_quantizer)
        return model

    def _round(self, layer: fake.QuantLayer, inputs: Tensor, quantizer: fake.Uniform) -> None:
        import torch

        how = self.parameters.model_dump(exclude={"ranges"})
        with torch.no_grad():
            matrices = hessians(layer, inputs)
            weights = layer.weight.flatten(1).chunk(len(matrices))
            scales = quantizer.scale.flatten(1).chunk(len(matrices))
            quantizers = [fake.Uniform(quantizer.bits, scale, signed=True) for scale in scales]
            groups = zip(weights, matrices, quantizers, strict=True)
            rounded = [round_columns(*group, **how) for group in groups]
            layer.weight.copy_(torch.cat(rounded).reshape(layer.weight.shape))


def round_columns(
    weight: Tensor,
    hessian: Tensor,
    quantizer: fake.FakeQuantizer,
    *,
    damping: float = 0.01,
    block: int = 128,
    act_order: bool = False,
) -> Tensor:
    """Return a weight [D_out, K] on the quantizer's grid; each column's error is made up for by those after it.

    Source: Frantar et al. 2023, algorithm 1.

    Args:
        hessian: [K, K] in float64.
        quantizer: of any column [D_out, 1], with scales fixed before.
    """
    import torch

    hessian, left = hessian.clone(), weight.to(hessian.dtype, copy=True)
    diagonal = hessian.diagonal()  # a view: the matrix changes with it
    diagonal[diagonal == 0] = 1
    order = diagonal.argsort(descending=True) if act_order else torch.arange(len(hessian), device=weight.device)
    hessian, left = hessian[order][:, order], left[:, order]
    hessian.diagonal().add_(damping * hessian.diagonal().mean())
    inverse = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(hessian)), upper=True)
    rounded = torch.empty_like(left)
    for start in range(0, len(hessian), block):
        stop = min(start + block, len(hessian))
        errors = torch.empty_like(left[:, start:stop])
        for column in range(start, stop):
            here = slice(column, column + 1)
            rounded[:, here] = quantizer(left[:, here])
            errors[:, column - start] = (left[:, column] - rounded[:, column]) / inverse[column, column]
            left[:, column:stop] -= errors[:, column - start, None] * inverse[here, column:stop]
        left[:, stop:] -= errors @ inverse[start:stop, stop:]
    return rounded[:, order.argsort()].to(weight.dtype)
