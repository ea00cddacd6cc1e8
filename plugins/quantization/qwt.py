"""Round to nearest, then linear compensation of every block (QwT)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

from ._compensation import compensate_blocks
from ._ranges import Ranges, round_to_nearest

if TYPE_CHECKING:
    from torch import nn


class QwT(Quantizer):
    """A linear map of each block's input, from least squares, is added to what the quantized block makes of it.

    Source: Fu et al. 2024. A block should make of its input, which comes from the compensated blocks before, what the
    float block makes of it. The map costs D^2 + D parameters a block, in half precision, and a product that is not
    quantized.
    """

    name = "qwt"
    version = "1"
    card = Card(
        title="Quantization without tears (QwT)",
        status="authors' code",
        paper="Quantization without Tears",
        authors="Minghao Fu, Hao Yu, Jie Shao, Junjie Zhou, Ke Zhu, Jianxin Wu",
        year=2024,
        url="https://arxiv.org/abs/2411.13918",
        note="On round to nearest, where the authors' code builds on RepQ-ViT and calibrates on 512 images.",
    )

    class Parameters(Quantizer.Parameters):
        """The authors' code takes the plain inverse."""

        ranges: Ranges = Field("percentile", description="of the round to nearest that is compensated for")
        ridge: float = Field(0.0, ge=0, description="of the regression, relative to the mean square of its inputs")

    parameters: Parameters
    grid = {"ranges": ("percentile", "mse", "minmax"), "ridge": (0.0, 1e-4, 1e-2)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with all its tensors rounded to nearest, and its blocks compensated."""
        reference = copy.deepcopy(fake.insert(model))
        round_to_nearest(model, calibration.images, spec, self.parameters.ranges)
        compensate_blocks(model, reference, calibration.images, self.parameters.ridge, context.log)
        return model
