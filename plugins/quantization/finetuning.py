"""Training with quantizers in place, for methods of the league ``training``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from suite.contracts import Context

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.tracks.quantization import TrainingImages
    from suite.tracks.quantization.fake import FakeQuantizer, Learned, Observation, Site

    Loss = Callable[[Tensor, Tensor], Tensor]

ActivationScales = Literal["per-channel", "per-tensor"]
OBSERVED = 512
"""Training images that the first scales are taken from."""


def learned_activation(scales: ActivationScales, site: Site, observation: Observation, bits: int) -> FakeQuantizer:
    """Return an activation's quantizer with learned scales, the first from the extremes; symmetric.

    ``per-channel`` gives the inputs of linear layers and attention's values a scale for each channel, which can be
    folded into the weight or the product; queries and keys, whose channels are summed over, one for each head. The
    softmax output, never negative, has unsigned codes. The image has fixed affine ones.
    """
    from suite.tracks.quantization.fake import Learned, Uniform, code_range

    low, high = observation.low, observation.high
    if site.kind == "conv-input":
        return Uniform.affine(bits, low.min(), high.max())
    signed = site.kind != "attention"
    limit = low.abs().maximum(high.abs())
    greatest = code_range(bits, signed)[1]
    if scales == "per-tensor" or site.kind == "attention":
        return Learned(bits, limit.max() / greatest, signed=signed)
    if site.kind in ("query", "key"):
        return Learned(bits, limit.amax(-1, keepdim=True).amax(-2, keepdim=True) / greatest, granularity="per-head")
    return Learned(bits, limit / greatest, granularity="per-channel")


def fold_inputs(model: nn.Module) -> None:
    """Let every layer whose input has a scale per channel quantize its weight with those scales multiplied in."""
    from suite.tracks.quantization.fake import Learned, Uniform, layers

    for _, layer in layers(model):
        quantizer = layer.input_quantizer
        layer.folds = isinstance(quantizer, Learned | Uniform) and quantizer.scale.numel() > 1


def freeze(model: nn.Module) -> None:
    """Fix every learned scale, in place."""
    from suite.tracks.quantization.fake import Learned, activation_sites, weight_sites

    for site in (*activation_sites(model), *weight_sites(model)):
        if isinstance(site.quantizer, Learned):
            learned: Learned = site.quantizer
            site.put(learned.frozen())


def fine_tune(
    model: nn.Module,
    data: TrainingImages,
    loss: Loss,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    scale_learning_rate: float,
    cosine: bool,
    context: Context,
) -> None:
    """Train everything that a model has by AdamW without weight decay, in place.

    The model stays in evaluation mode: no dropout, no dropped patches, so that a teacher sees the same.

    Args:
        model: to train.
        data: what to train on.
        loss: of images [B, C, H, W] and labels [B].
        epochs: passes over ``data``.
        batch_size: images of a step.
        learning_rate: of all but the scales; constant, or where the cosine starts that ends at zero.
        scale_learning_rate: of the logarithms of scales; about their relative change in a step.
        cosine: whether it falls.
        context: seeds the order and the augmentation.
    """
    import torch

    from suite.tracks.quantization.fake import Learned

    scales = [module.log_scale for module in model.modules() if isinstance(module, Learned)]
    known = {id(scale) for scale in scales}
    others = [parameter for parameter in model.parameters() if id(parameter) not in known]
    groups = [{"params": others, "lr": learning_rate}, {"params": scales, "lr": scale_learning_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0)
    steps = max(1, epochs * -(-len(data) // batch_size))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    generator = context.generator("order")
    for epoch in range(epochs):
        for images, labels in data.batches(batch_size, generator):
            objective = loss(images, labels)
            optimiser.zero_grad(set_to_none=True)
            objective.backward()
            optimiser.step()
            if cosine:
                falling.step()
        context.log(f"epoch {epoch + 1}/{epochs}, loss {objective.item():.3f}")
