"""Moves scales and shifts per channel from the input of linear layers into the layer norm that makes it, and back out.

The function of the model stays what it is; what changes is how hard its tensors are to quantize.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor, nn


def norms_with_layers(model: nn.Module, image: Tensor) -> list[tuple[nn.LayerNorm, list[fake.QuantLayer]]]:
    """Return every affine layer norm that feeds linear layers and nothing else, with those layers.

    ``image`` [1, C, H, W] is any that the model takes. Layers must hold no quantizers yet.
    """
    from torch import nn

    makers = fake.input_origins(model, image)
    fed: dict[nn.LayerNorm, list[fake.QuantLayer]] = {}
    for name, layer in fake.quant_layers(model):
        norm = makers.get(name)
        if isinstance(norm, nn.LayerNorm) and norm.elementwise_affine:
            fed.setdefault(norm, []).append(layer)
    return [(norm, followers) for norm, followers in fed.items() if _feeds_only(model, image, norm, followers)]


def absorb(norm: nn.LayerNorm, layers: Sequence[fake.QuantLayer], ratio: Tensor, shift: Tensor | None = None) -> None:
    """Divide a layer norm's output by ``ratio`` and take ``shift`` off; let the linear layers behind it make up for it.

    In place: ``gamma / r``, ``beta / r - c``, ``W diag(r)``, ``bias + W diag(r) c``. What has no bias gets one if there
    is a shift.

    Args:
        norm: with gamma [D]; it must feed these layers alone.
        layers: linear ones, with weights [D_out, D].
        ratio: r [D], none of them zero.
        shift: c [D], of the output after the division; None for no shift. With one, no zeros may be padded in between.

    Raises:
        ValueError: the norm has no gamma, or a shape or a ratio does not fit. Nothing has changed then.
    """
    import torch
    from torch import nn

    if norm.weight is None:
        raise ValueError("a layer norm without scales of its own can absorb none")
    width = norm.weight.shape
    for what, vector in (("ratio", ratio), ("shift", shift)):
        if vector is not None and vector.shape != width:
            raise ValueError(f"the {what} has shape {list(vector.shape)}; the layer norm has {list(width)}")
    if not bool((ratio.isfinite() & (ratio != 0)).all()):
        raise ValueError("every ratio must be finite and other than zero")
    if any(layer.weight.ndim != 2 or layer.weight.shape[1:] != width for layer in layers):
        raise ValueError(f"only linear layers that take {list(width)} can follow this layer norm")
    with torch.no_grad():
        norm.weight.div_(ratio)
        if norm.bias is not None:
            norm.bias.div_(ratio)
        for layer in layers:
            layer.weight.mul_(ratio)
        if shift is None:
            return
        if norm.bias is None:
            norm.bias = nn.Parameter(torch.zeros_like(norm.weight))
        norm.bias.sub_(shift)
        for layer in layers:
            if layer.bias is None:
                layer.bias = nn.Parameter(torch.zeros_like(layer.weight[:, 0]))
            layer.bias.add_(layer.weight @ shift)


def _feeds_only(model: nn.Module, image: Tensor, norm: nn.LayerNorm, layers: Sequence[fake.QuantLayer]) -> bool:
    """Tell whether the output no longer depends on the norm once these layers' inputs are cut off from it."""
    import torch

    with ExitStack() as hooks, torch.enable_grad():
        for layer in layers:
            hooks.enter_context(layer.register_forward_pre_hook(lambda _, x: (x[0].detach(), *x[1:])))
        hooks.callback(norm.weight.requires_grad_, norm.weight.requires_grad)
        norm.weight.requires_grad_(True)
        output = model(image).sum()
        return not output.requires_grad or torch.autograd.grad(output, norm.weight, allow_unused=True)[0] is None
