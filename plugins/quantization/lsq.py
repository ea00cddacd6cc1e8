"""Learned step size quantization: quantization-aware training of weights and activations together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.quantization import Calibration, Spec, fake

from ._finetuning import FineTunedQuantizer, Training, fine_tune, fold_inputs, freeze
from ._placement import place_weights

if TYPE_CHECKING:
    from torch import Tensor, nn


class LSQ(FineTunedQuantizer):
    """Cross-entropy through fake-quantized weights and activations, whose scales are learned with the weights.

    Source: Esser et al. 2019. A weight's first scales are the paper's, ``2 mean|w| / sqrt(high)``, per output channel;
    an activation's come from its extremes, as GPLQ's do, so that the two differ in how they train alone.
    """

    name = "lsq"
    version = "1"
    card = Card(
        title="Learned step size quantization (LSQ)",
        status="paper",
        paper="Learned Step Size Quantization",
        authors="Steven K. Esser, Jeffrey L. McKinstry, Deepika Bablani, Rathinakumar Appuswamy, Dharmendra S. Modha",
        year=2019,
        url="https://arxiv.org/abs/1902.08153",
        note="Scales are learned as logarithms, per channel. AdamW and a cosine where the paper has SGD.",
    )

    class Parameters(Training):
        """The paper's rates are for ResNets; these were chosen on validation images of quantization/cifar10-vit."""

    parameters: Parameters
    grid = {"learning_rate": (3e-4, 1e-4, 1e-3)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the trained model with its scales fixed."""
        from torch.nn import functional as F

        images = calibration.training_images
        self.learn_activations(model, images, spec, context)
        fold_inputs(model)
        place_weights(model, spec, learned_weight)

        def loss(images: Tensor, labels: Tensor) -> Tensor:
            return F.cross_entropy(model(images), labels)

        fine_tune(model, images, loss, self.parameters, cosine=True, context=context)
        freeze(model)
        return model


def learned_weight(weight: Tensor, bits: int) -> fake.Learned:
    """Return the quantizer of a weight [D_out, ...] with a learned scale per output channel."""
    mean = weight.abs().mean(dim=tuple(range(1, weight.ndim)), keepdim=True)
    return fake.Learned(bits, 2 * mean / fake.code_range(bits, signed=True)[1] ** 0.5, granularity="per-channel")
