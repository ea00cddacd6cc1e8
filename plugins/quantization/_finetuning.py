"""Training with quantizers in place, for methods that need training images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite import Context, Parameters
from suite.tracks.quantization import Spec, TrainedQuantizer, TrainingImages, fake

from ._placement import place_activations

if TYPE_CHECKING:
    from torch import Tensor, nn

OBSERVED = 512
"""Training images that the first scales are taken from."""


class Training(Parameters):
    """How `fine_tune` trains; the defaults are LSQ's."""

    epochs: int = Field(1, ge=0, description="passes over the training images")
    batch_size: int = Field(128, ge=1, description="images of a step")
    learning_rate: float = Field(3e-4, gt=0, description="of the weights; where the cosine starts")
    scale_learning_rate: float = Field(1e-2, gt=0, description="of the logarithms of scales")
    activation_scales: Literal["per-channel", "per-tensor"] = Field("per-channel", description="what shares a scale")


class FineTunedQuantizer(TrainedQuantizer):
    """Base of the methods that train with learned scales; ``Parameters`` derive from `Training`."""

    parameters: Training

    @property
    def epochs(self) -> float:
        """Passes over the training images."""
        return self.parameters.epochs

    def learn_activations(self, model: nn.Module, images: TrainingImages, spec: Spec, context: Context) -> None:
        """Put quantizers with learned scales at every activation of a model, in place, observed on some images."""
        observed = images.draw(OBSERVED, context.generator("observed"))
        place_activations(fake.insert(model), observed, spec, self._activation_quantizer)

    def _activation_quantizer(self, site: fake.Site, observation: fake.Observation, bits: int) -> fake.FakeQuantizer:
        """Return an activation's quantizer with learned scales, the first from the extremes; symmetric.

        ``per-channel`` gives the inputs of linear layers and attention's values a scale for each channel, which can be
        folded into the weight or the product; queries and keys, whose channels are summed over, get one for each head.
        The softmax output, never negative, has unsigned codes. The image has fixed affine ones.
        """
        low, high = observation.low, observation.high
        if site.kind == "conv-input":
            return fake.Uniform.affine(bits, low.min(), high.max())
        signed = site.kind != "attention"
        scale = low.abs().maximum(high.abs()) / fake.code_range(bits, signed)[1]
        if self.parameters.activation_scales == "per-tensor" or site.kind == "attention":
            return fake.Learned(bits, scale.max(), signed=signed)
        if site.kind in ("query", "key"):
            return fake.Learned(bits, scale.amax((-2, -1), keepdim=True), granularity="per-head")
        return fake.Learned(bits, scale, granularity="per-channel")


def fold_inputs(model: nn.Module) -> None:
    """Let every layer whose input has a scale per channel quantize its weight with those scales multiplied in."""
    for _, layer in fake.quant_layers(model):
        quantizer = layer.input_quantizer
        layer.folds = isinstance(quantizer, fake.Learned | fake.Uniform) and quantizer.scale.numel() > 1


def freeze(model: nn.Module) -> None:
    """Fix every learned scale, in place."""
    for site in (*fake.activation_sites(model), *fake.weight_sites(model)):
        if isinstance(site.quantizer, fake.Learned):
            site.put(site.quantizer.frozen())


def fine_tune(
    model: nn.Module,
    images: TrainingImages,
    loss: Callable[[Tensor, Tensor], Tensor],
    training: Training,
    *,
    cosine: bool,
    context: Context,
) -> None:
    """Train everything that a model has by AdamW without weight decay, in place.

    The model stays in evaluation mode: no dropout, no dropped patches, so that a teacher sees the same.

    Args:
        model: to train.
        images: what to train on.
        loss: of images [B, C, H, W] and labels [B].
        training: for how long, and how fast.
        cosine: whether the rates fall to zero, or are constant.
        context: seeds the order and the augmentation.
    """
    import torch

    scales = [module.log_scale for module in model.modules() if isinstance(module, fake.Learned)]
    scale_ids = {id(scale) for scale in scales}
    others = [parameter for parameter in model.parameters() if id(parameter) not in scale_ids]
    groups = [
        {"params": others, "lr": training.learning_rate},
        {"params": scales, "lr": training.scale_learning_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0)
    steps = max(1, training.epochs * -(-len(images) // training.batch_size))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    generator = context.generator("order")
    for epoch in range(training.epochs):
        for batch, labels in images.batches(training.batch_size, generator):
            objective = loss(batch, labels)
            optimiser.zero_grad(set_to_none=True)
            objective.backward()
            optimiser.step()
            if cosine:
                schedule.step()
        context.log(f"epoch {epoch + 1}/{training.epochs}, loss {objective.item():.3f}")
