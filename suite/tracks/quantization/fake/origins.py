"""Which module made the input of each layer: a layer norm, an activation function, or something else."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.layers import QuantLayer
from suite.tracks.quantization.fake.sites import quant_layers

RESHAPING = re.compile(
    "(Unsafe)?(View|Reshape|Permute|Transpose|T|Clone|Roll|Slice|ConstantPadNd|Expand|Squeeze|Unsqueeze|Alias)Backward"
)
"""The names of autograd's nodes that move values and change none."""


def input_origins(model: nn.Module, image: Tensor) -> dict[str, nn.Module]:
    """Return for each layer with quantizers, by name, the module whose output is its input, moved about at most.

    Layers whose input is a sum, a product or the image are left out. ``image`` [1, C, H, W] is any the model takes.
    Read off autograd's graph, so that what windows and reshapes lie between does not matter.
    """
    makers: dict[Any, nn.Module] = {}
    inputs: dict[str, Any] = {}
    kept: list[Any] = []  # autograd's nodes live as long as something holds them, and only so long are they told apart

    def note(module: nn.Module, _: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.grad_fn is not None:
            makers.setdefault(output.grad_fn, module)
            kept.append(output)

    with ExitStack() as hooks, torch.enable_grad():
        for module in model.modules():
            if not (isinstance(module, QuantLayer | nn.Identity | nn.Dropout) or list(module.children())):
                hooks.enter_context(module.register_forward_hook(note))
        for name, layer in quant_layers(model):
            hook = layer.register_forward_pre_hook(lambda _, x, name=name: inputs.update({name: x[0].grad_fn}))
            hooks.enter_context(hook)
        model(image.detach().requires_grad_())  # so that there is a graph of frozen models too
    origins = {name: _maker(node, makers) for name, node in inputs.items()}
    return {name: maker for name, maker in origins.items() if maker is not None}


def _maker(node: Any, makers: dict[Any, nn.Module]) -> nn.Module | None:
    while node is not None:
        if node in makers:
            return makers[node]
        if not RESHAPING.match(type(node).__name__):
            return None
        node = node.next_functions[0][0]
    return None
