"""What goes through a module of a network, and which layers a GELU feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor, nn


def trace(model: nn.Module, module: nn.Module, images: Tensor) -> tuple[tuple[Tensor, ...], Tensor, Tensor]:
    """Return a module's inputs and its output while the model runs on images, and the model's logits."""
    calls: list[tuple[tuple[Tensor, ...], Tensor]] = []
    with module.register_forward_hook(lambda _, inputs, output: calls.append((inputs, output))):
        logits: Tensor = model(images)
    return *calls[0], logits


def fed_by_gelu(model: nn.Module, image: Tensor) -> set[str]:
    """Return the names of the layers whose input is the output of a GELU, for any image [1, C, H, W]."""
    from torch import nn

    return {name for name, maker in fake.input_origins(model, image).items() if isinstance(maker, nn.GELU)}
