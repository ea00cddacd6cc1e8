"""PTQ4ViT: twin uniform grids after softmax and GELU, scales searched for what the loss cares for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from .._activations import fed_by_gelu
from ._search import Operand, alternate, symmetric, symmetric_rows
from ._sensitivity import Record, record

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ._search import Quantizers

    Choice = tuple[nn.Module, tuple[str, str], Quantizers]

LAYER = "input_quantizer", "weight_quantizer"
PRODUCT = "left_quantizer", "right_quantizer"

NARROWEST, WIDEST = 0.01, 1.2
"""Times the largest absolute value: the ranges tried."""
SPLITS = 20
"""How many powers of two are tried between the two grids of softmax outputs."""


class PTQ4ViT(Quantizer):
    """Scales, symmetric, lose least of each layer's output, its elements weighted by the loss's squared gradient.

    Source: Yuan et al. 2022, after the authors' code. Softmax outputs take one grid up to 1 and one finer by a power of
    two; GELU outputs one over the negative values and one of searched step over the others. The scales of both operands
    are searched in turn, each layer by itself on the float network's activations.
    """

    name = "ptq4vit"
    version = "1"
    card = Card(
        title="PTQ4ViT",
        status="authors' code",
        paper="PTQ4ViT: Post-Training Quantization for Vision Transformers with Twin Uniform Quantization",
        authors="Zhihang Yuan, Chenhao Xue, Yiqi Chen, Qiang Wu, Guangyu Sun",
        year=2022,
        url="https://arxiv.org/abs/2111.12293",
        note="Weights have a scale per output channel, where theirs has one per layer. The gradient is that of a loss "
        "against labels drawn from the network's own predictions, by their covariance, where theirs is of the "
        "divergence from these. The first convolution's input is quantized too.",
    )

    class Parameters(Quantizer.Parameters):
        """The authors' defaults."""

        images: int = Field(32, ge=1, description="calibration images that the search looks at")
        candidates: int = Field(100, ge=2, description="ranges tried for an operand")
        rounds: int = Field(3, ge=1, description="times that both operands are searched, or until nothing changes")
        hessian: bool = Field(True, description="weight errors by the squared gradient of the loss")

    parameters: Parameters
    grid = {"hessian": (True, False)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the quantized model."""
        images = calibration.images[: self.parameters.images]
        after_gelu = fed_by_gelu(fake.insert(model), images[:1])
        choices: list[Choice] = []
        for site in fake.weight_sites(model):
            seen = self._seen(model, site.owner, images, context)
            bits = spec.weight(site.edge), spec.activation(site.edge)
            is_after_gelu = site.name.removesuffix(".weight") in after_gelu
            choices.append((site.owner, LAYER, self._layer(site.owner, seen, *bits, is_after_gelu)))
        for attention in (module for module in model.modules() if isinstance(module, fake.QuantAttention)):
            for product, after_softmax in zip(attention.products, (False, True), strict=True):
                seen = self._seen(model, product, images, context)
                choices.append((product, PRODUCT, self._product(seen, spec.activation_bits, after_softmax)))
        # Only now, so that all were searched on the float network's activations.
        for owner, attributes, quantizers in choices:
            for attribute, quantizer in zip(attributes, quantizers, strict=True):
                if quantizer is not None:
                    setattr(owner, attribute, quantizer)
        return model

    def _seen(self, model: nn.Module, module: nn.Module, images: Tensor, context: Context) -> Record:
        seen = record(model, module, images, context.generator("signs"))
        return seen if self.parameters.hessian else replace(seen, importance=seen.importance.new_ones(()))

    def _layer(
        self, layer: fake.QuantLayer, seen: Record, weight_bits: int, input_bits: int, after_gelu: bool
    ) -> Quantizers:
        import torch

        x, weight = seen.inputs[0], layer.weight.detach()

        def error(x: Tensor, weight: Tensor) -> Tensor:
            difference = layer.multiply(x, weight, layer.bias) - seen.output
            return (difference.square() * seen.importance).movedim(layer.channel_dimension, 0).flatten(1).sum(dim=1)

        inputs = gelu_grids if after_gelu else symmetric
        with torch.no_grad():
            return alternate(
                Operand(x, inputs(x, input_bits, self._shares) if input_bits < FLOAT else ()),
                Operand(weight, symmetric_rows(weight, weight_bits, self._shares) if weight_bits < FLOAT else ()),
                error,
                self.parameters.rounds,
            )

    def _product(self, seen: Record, bits: int, after_softmax: bool) -> Quantizers:
        import torch

        if bits >= FLOAT:
            return None, None

        def error(left: Tensor, right: Tensor) -> Tensor:
            return ((left @ right - seen.output).square() * seen.importance).sum()[None]

        left, right = seen.inputs
        lefts = softmax_grids(left, bits) if after_softmax else symmetric(left, bits, self._shares)
        with torch.no_grad():
            return alternate(
                Operand(left, lefts),
                Operand(right, symmetric(right, bits, self._shares)),
                error,
                self.parameters.rounds,
            )

    @property
    def _shares(self) -> Tensor:
        import torch

        return torch.linspace(NARROWEST, WIDEST, self.parameters.candidates)


def softmax_grids(x: Tensor, bits: int) -> list[fake.TwinUniform]:
    """Return quantizers of softmax outputs: a coarse grid up to 1, and finer and finer ones below."""
    coarse = x.new_tensor(1 / (2 ** (bits - 1) - 1))
    return [fake.TwinUniform(bits, coarse / 2**power, coarse, "magnitude") for power in range(SPLITS)]


def gelu_grids(x: Tensor, bits: int, shares: Tensor) -> list[fake.TwinUniform]:
    """Return quantizers of GELU outputs: all of the negative values, and shares of the greatest positive one."""
    greatest = 2 ** (bits - 1) - 1
    return [fake.TwinUniform(bits, -x.min() / greatest, share * x.max() / greatest, "sign") for share in shares]
