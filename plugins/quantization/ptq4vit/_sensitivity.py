"""What a layer or a product of attention makes of what, and how much the network's loss cares for each output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._activations import trace

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True)
class Record:
    """A module's inputs, its output, and the importance of the output's elements: of its shape, with mean 1."""

    inputs: tuple[Tensor, ...]
    output: Tensor
    importance: Tensor


def record(model: nn.Module, module: nn.Module, images: Tensor, generator: torch.Generator) -> Record:
    """Return what ``module`` does while the model runs on images [N, C, H, W].

    Importance is the squared gradient of the loss with respect to the output, as an estimate of the diagonal of the
    loss's Hessian. There are no labels: the gradient at the logits is drawn, with random signs, so that its covariance
    is ``diag(p) - p p'``, the Hessian of the cross-entropy there whatever the label.
    """
    import torch

    with torch.enable_grad():
        # The images ask for gradients, so that there is a graph even if all weights are frozen.
        inputs, output, logits = trace(model, module, images.detach().clone().requires_grad_())
    signs = torch.randint(2, logits.shape, generator=generator).to(logits) * 2 - 1
    likely = logits.detach().softmax(dim=1)
    drawn = likely.sqrt() * signs
    gradient: Any = torch.autograd.grad(logits, output, drawn - likely * drawn.sum(dim=1, keepdim=True))[0]
    squared = gradient.square()
    mean = squared.mean()
    importance = squared / mean if mean > 0 else torch.ones_like(squared)
    return Record(tuple(each.detach() for each in inputs), output.detach(), importance)
