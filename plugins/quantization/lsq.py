"""Learned step size quantization: quantization-aware training of weights and activations together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Spec, TrainedQuantizer

from .finetuning import OBSERVED, ActivationScales, fine_tune, fold_inputs, freeze, learned_activation
from .placement import place_activations, place_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.tracks.quantization.fake import Learned


class LSQ(TrainedQuantizer):
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

    class Parameters(Parameters):
        """The training; the paper's rates are for ResNets, these were chosen on validation images of CIFAR-10."""

        epochs: int = Field(1, ge=0, description="passes over the training images")
        batch_size: int = Field(128, ge=1, description="images of a step")
        learning_rate: float = Field(3e-4, gt=0, description="where the cosine starts")
        scale_learning_rate: float = Field(1e-2, gt=0, description="of the logarithms of scales")
        activation_scales: ActivationScales = Field("per-channel", description="what shares a scale")

    parameters: Parameters
    grid = {"learning_rate": (3e-4, 1e-4, 1e-3)}

    @property
    def epochs(self) -> float:
        """Passes over the training images."""
        return self.parameters.epochs

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the trained model with its scales fixed."""
        from torch.nn import functional as F

        from suite.tracks.quantization.fake import insert

        data, chosen = calibration.training, self.parameters
        if data is None:
            raise ValueError("LSQ trains, and there are no training images")
        insert(model)
        first = data.draw(OBSERVED, context.generator("observed"))
        place_activations(model, first, spec, partial(learned_activation, chosen.activation_scales))
        fold_inputs(model)
        place_weights(model, spec, learned_weight)
        fine_tune(
            model,
            data,
            lambda images, labels: F.cross_entropy(model(images), labels),
            epochs=chosen.epochs,
            batch_size=chosen.batch_size,
            learning_rate=chosen.learning_rate,
            scale_learning_rate=chosen.scale_learning_rate,
            cosine=True,
            context=context,
        )
        freeze(model)
        return model


def learned_weight(weight: Tensor, bits: int) -> Learned:
    """Return the quantizer of a weight [D_out, ...] with a learned scale per output channel."""
    from suite.tracks.quantization.fake import Learned, code_range

    mean = weight.abs().mean(dim=tuple(range(1, weight.ndim)), keepdim=True)
    return Learned(bits, 2 * mean / code_range(bits, signed=True)[1] ** 0.5, granularity="per-channel")
