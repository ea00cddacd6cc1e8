"""AdaLog: logarithmic grids of searched base after softmax and GELU."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._activations import fed_by_gelu, trace
from ._ranges import Ranges, quantile, round_to_nearest

if TYPE_CHECKING:
    from torch import Tensor, nn

GELU_OFFSET = 0.16997124254703522
"""GELU is nowhere less than minus this."""
BASES = tuple(2 ** (q / 37) for q in range(1, 139))
"""The authors' from 2^(10/37) on; at 8 bits the finer ones are what makes the levels dense enough."""
SCALES = 32
"""How many scales of GELU outputs are tried, between the 0.9 quantile of the positive ones and the greatest."""
ROUNDS = 3
"""Times that base and scale are searched in turn, unless nothing changes any more."""


class AdaLog(Quantizer):
    """Softmax and GELU outputs take levels ``s * base ** -code``, with the base and s that lose least of the output.

    Source: Wu et al. 2024, after the authors' code. s is 1 after softmax; GELU outputs are shifted to be positive, and
    their s is searched as well. Both are to lose least, in squared error, of what the next product or layer makes of
    the float network's activations. Everything else is rounded to nearest.
    """

    name = "adalog"
    version = "1"
    card = Card(
        title="AdaLog",
        status="authors' code",
        paper="AdaLog: Post-Training Quantization for Vision Transformers with Adaptive Logarithm Quantizer",
        authors="Zhuguanyu Wu, Jiaxin Chen, Hanwen Zhong, Di Huang, Yunhong Wang",
        year=2024,
        url="https://arxiv.org/abs/2407.12951",
        note="The logarithmic quantizers are theirs, with base and scale searched in turn instead of progressively and "
        "levels not rounded to a look-up table; uniform ones are rounded to nearest, per tensor where theirs are per "
        "head. No block reconstruction. 2^b levels; 'published' restores the one more that stands for zero.",
    )

    class Parameters(Quantizer.Parameters):
        """How the search looks, and what everything else gets."""

        ranges: Ranges = Field("percentile", description="of the uniform quantizers of everything else")
        images: int = Field(32, ge=1, description="calibration images that the search looks at")
        published: bool = Field(False, description="2^b + 1 levels, one of them zero, as in the authors' code")

    parameters: Parameters
    grid = {"ranges": ("percentile", "mse", "minmax")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the quantized model."""
        import torch

        reference = copy.deepcopy(fake.insert(model))
        round_to_nearest(model, calibration.images, spec, self.parameters.ranges)
        if spec.activation_bits < FLOAT:
            images = calibration.images[: self.parameters.images]
            with torch.no_grad():
                self._after_softmax(model, reference, images)
                self._after_gelu(model, reference, images)
        return model

    def _after_softmax(self, model: nn.Module, reference: nn.Module, images: Tensor) -> None:
        """Put logarithmic quantizers in the place of the uniform ones of softmax outputs."""
        import torch

        for name, attention in model.named_modules():
            if isinstance(attention, fake.QuantAttention):
                product: Any = attention.products[1]
                (x, value), exact, _ = trace(reference, reference.get_submodule(f"{name}.products.1"), images)
                multiply = partial(torch.matmul, other=product.right_quantizer(value))
                scales = [x.new_ones(())]
                product.left_quantizer = self._searched(product.left_quantizer.bits, x, 0.0, scales, multiply, exact)

    def _after_gelu(self, model: nn.Module, reference: nn.Module, images: Tensor) -> None:
        """Put logarithmic quantizers in the place of the uniform ones of GELU outputs."""
        after_gelu = fed_by_gelu(reference, images[:1])
        for name, layer in fake.quant_layers(model):
            if name in after_gelu:
                (x,), exact, _ = trace(reference, reference.get_submodule(name), images)
                multiply = partial(layer.multiply, weight=layer.quantized_weight(), bias=layer.bias)
                bits, scales = cast(Any, layer.input_quantizer).bits, gelu_scales(x)
                layer.input_quantizer = self._searched(bits, x, GELU_OFFSET, scales, multiply, exact)

    def _searched(
        self,
        bits: int,
        x: Tensor,
        offset: float,
        scales: Sequence[Tensor],
        multiply: Callable[[Tensor], Tensor],
        exact: Tensor,
    ) -> fake.Logarithmic:
        """Return the quantizer of ``x`` of which ``multiply`` makes what is closest to ``exact``.

        The search starts with the last of the scales.
        """

        def error(quantizer: fake.Logarithmic) -> float:
            return float((multiply(quantizer(x)) - exact).square().sum())

        def best(bases: Sequence[float], scales: Sequence[Tensor]) -> fake.Logarithmic:
            how: Any = {"offset": offset, "extra_zero": self.parameters.published}
            return min((fake.Logarithmic(bits, scale, base, **how) for base in bases for scale in scales), key=error)

        quantizer = best(BASES, scales[-1:])
        for _ in range(ROUNDS if len(scales) > 1 else 0):
            before = quantizer
            quantizer = best([before.base], scales)
            if quantizer.scale == before.scale:
                break
            quantizer = best(BASES, [quantizer.scale])
        return quantizer


def gelu_scales(x: Tensor) -> list[Tensor]:
    """Return scales for GELU outputs, ascending; the last one is the greatest value's."""
    import torch

    greatest = x.max()
    least = quantile(torch.cat([x[x > 0], greatest[None]]), 0.9)
    return [least + (greatest - least) * float(share) + GELU_OFFSET for share in torch.linspace(0, 1, SCALES)]
