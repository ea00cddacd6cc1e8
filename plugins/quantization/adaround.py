"""AdaRound: each weight learns whether to go up or down, from its layer's output error."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

from ._layerwise import repaired
from ._ranges import Ranges, round_to_nearest

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

ZETA, GAMMA = 1.1, -0.1
"""How far the sigmoid is stretched before it is cut off at 0 and 1."""
BETA = (20.0, 2.0)
"""The regulariser's exponent at the start and at the end."""


class AdaRound(Quantizer):
    """Minimises ``|W x - (W~ x~ + b)|^2 + lambda sum(1 - |2 h(V) - 1|^beta)`` over V, layer after layer."""

    name = "adaround"
    version = "1"
    card = Card(
        title="AdaRound",
        status="paper",
        paper="Up or Down? Adaptive Rounding for Post-Training Quantization",
        authors="Markus Nagel, Rana Ali Amjad, Mart van Baalen, Christos Louizos, Tijmen Blankevoort",
        year=2020,
        url="https://arxiv.org/abs/2004.10568",
        note="By default 400 steps a layer, where the paper takes 10,000, for seconds on small networks. Inputs are "
        "quantized too, no activation function follows within the error, and beta falls as a cosine.",
    )

    class Parameters(Quantizer.Parameters):
        """The paper's but for the number of steps; the learning rate is a choice, as few steps need a high one."""

        iterations: int = Field(
            400, ge=1, description="steps for each layer, few so as to take seconds; the paper's are 10,000"
        )
        batch: int = Field(32, ge=1, description="images in a step")
        learning_rate: float = Field(1e-2, gt=0, description="Adam's, of V")
        regularisation: float = Field(0.01, ge=0, description="lambda, weight of what drives h(V) to 0 or 1")
        warm_start: float = Field(0.2, ge=0, lt=1, description="share of the steps before that sets in")
        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")

    parameters: Parameters
    grid = {"learning_rate": (0.01, 0.03), "ranges": ("mse", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with its weights on the grids of their quantizers."""
        import torch

        images, generator = calibration.images, context.generator("batches")
        float_model = copy.deepcopy(fake.insert(model))
        round_to_nearest(model, images, spec, self.parameters.ranges)
        for layer, inputs, outputs in repaired(model, float_model, images):
            if isinstance(layer.weight_quantizer, fake.Uniform):
                rows = max(1, len(inputs) * self.parameters.batch // len(images))
                rounded = self._rounded(layer, layer.weight_quantizer, inputs, outputs, rows, generator)
                with torch.no_grad():
                    layer.weight.copy_(rounded)
        return model

    def _rounded(
        self,
        layer: fake.QuantLayer,
        quantizer: fake.Uniform,
        inputs: Tensor,
        outputs: Tensor,
        rows: int,
        generator: torch.Generator,
    ) -> Tensor:
        """Return the weight on its grid, learned in steps of ``rows`` of the inputs and outputs."""
        import torch

        how = self.parameters
        steps = layer.weight.detach() / quantizer.scale
        floor = steps.floor()
        v = ((steps - floor - GAMMA) / (ZETA - GAMMA)).logit().requires_grad_()
        bias = None if layer.bias is None else layer.bias.detach()
        optimiser = torch.optim.Adam([v], lr=how.learning_rate)
        warm = round(how.warm_start * how.iterations)
        for step in range(how.iterations):
            some = torch.randint(len(inputs), (rows,), generator=generator).to(inputs.device)
            up = rectified_sigmoid(v)
            weight = (floor + up).clamp(quantizer.low, quantizer.high) * quantizer.scale
            error = layer.multiply(inputs[some], weight, bias) - outputs[some]
            loss = error.square().mean() * error.shape[layer.channel_dimension]
            if step >= warm:
                exponent = annealed((step - warm) / (how.iterations - warm))
                loss = loss + how.regularisation * (1 - (2 * up - 1).abs().pow(exponent)).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return (floor + (v.detach() >= 0)).clamp(quantizer.low, quantizer.high) * quantizer.scale


def rectified_sigmoid(v: Tensor) -> Tensor:
    """Return h(V) in [0, 1], of V's shape: the sigmoid, stretched so that it reaches both ends, and cut off there."""
    return (v.sigmoid() * (ZETA - GAMMA) + GAMMA).clamp(0, 1)


def annealed(progress: float) -> float:
    """Return the exponent at a time from 0 to 1 after the warm start: from `BETA`'s first to its second, as a cosine.

    The paper gives the ends alone.
    """
    start, end = BETA
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
