"""Goes through a model's layers in the order in which they run, so that each is repaired after those before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor, nn


def in_order(model: nn.Module, image: Tensor) -> list[tuple[str, fake.QuantLayer]]:
    """Return the layers with quantizers that run on ``image`` [1, C, H, W], with their names, as they come first."""
    import torch

    names = {layer: name for name, layer in fake.quant_layers(model)}
    calls: list[fake.QuantLayer] = []
    with ExitStack() as hooks, torch.no_grad():
        for layer in names:
            hooks.enter_context(layer.register_forward_pre_hook(lambda layer, _: calls.append(layer)))
        model(image)
    return [(names[layer], layer) for layer in dict.fromkeys(calls)]


def repaired(
    model: nn.Module, float_model: nn.Module, images: Tensor
) -> Iterator[tuple[fake.QuantLayer, Tensor, Tensor]]:
    """Yield for each layer of a quantized model, in order: the layer, its quantized inputs, and its outputs in floats.

    Whatever is done to a layer shows in the inputs of those that follow.

    Args:
        model: with quantizers at all sites.
        float_model: a copy with the same layers and none.
        images: [N, C, H, W]. Inputs and outputs start with N, or with a multiple of it where windows are cut.
    """
    import torch

    originals = dict(fake.quant_layers(float_model))
    for name, layer in in_order(model, images[:1]):
        original = originals[name]
        with torch.no_grad():
            inputs = layer.input_quantizer(fake.layer_inputs(model, layer, images))
            outputs = original(fake.layer_inputs(float_model, original, images))
        yield layer, inputs, outputs
