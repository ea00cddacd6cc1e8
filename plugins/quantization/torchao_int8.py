"""The int8 quantization of torchao, as PyTorch ships it, so that it and ours are measured alike."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec

if TYPE_CHECKING:
    from torch import nn

OWN_VERSION = "1"  # of the adapter
RELEASE = version("torchao")


class TorchAOInt8(Quantizer):
    """Linear layers with int8 weights, a scale per output channel, and int8 activations, a scale per token.

    At W8A32 the weights alone. The first convolution and the products of attention stay float: torchao has nothing
    for them. It needs no calibration.
    """

    name = "torchao-int8"
    version = f"{OWN_VERSION}+torchao-{RELEASE}"
    standing = "reference"
    card = Card(
        title="int8 of torchao",
        status="baseline",
        url="https://github.com/pytorch/ao",
        note=f"Implementation: torchao {RELEASE}, unchanged. Linear layers alone, activations per token.",
    )

    @classmethod
    def supports(cls, spec: Spec) -> str:
        """Torchao computes in int8 or in float."""
        known = spec.weight_bits == 8 and spec.activation_bits in (8, FLOAT)
        return "" if known else f"it does W8A8 and W8A32, not {spec.name}"

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with int8 linear layers."""
        from torchao.quantization import Int8DynamicActivationInt8WeightConfig, Int8WeightOnlyConfig, quantize_

        both = spec.activation_bits < FLOAT
        # Settings of the compiler are the process's, and no cell's to change.
        config = (Int8DynamicActivationInt8WeightConfig if both else Int8WeightOnlyConfig)(set_inductor_config=False)
        quantize_(model, config)
        return model
