"""What quantizing one tensor does to a network's logits, to first order: for every tensor from a few passes."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True)
class Passed:
    """What a layer or a product was given on N images, and what came out: tensors that start with N, or a multiple.

    Attributes:
        slopes: of each draw, the gradients of the logits, each times a random sign and summed, by the inputs and, last,
            by the output.
    """

    count: int
    inputs: tuple[Tensor, ...]
    output: Tensor
    slopes: tuple[tuple[Tensor, ...], ...]

    def error(self, change: Tensor, place: int) -> float:
        """Return the squared change of the logits, the mean over images, when one of the inputs changes, or the output.

        To first order. By Hutchinson's trick: the square of a sum with random signs is the sum of squares on average.

        Args:
            change: of the shape of what changes.
            place: of the input; -1 for the output.
        """
        draws = [(change * slopes[place]).reshape(self.count, -1).sum(dim=1).square().mean() for slopes in self.slopes]
        return float(sum(draws)) / len(draws)


def passed(model: nn.Module, images: Tensor, draws: int, generator: torch.Generator) -> dict[nn.Module, Passed]:
    """Return what passed each owner of a site while a model, with no quantizers yet, ran on images [N, C, H, W].

    Raises:
        ValueError: the logits do not depend on some of them.
    """
    import torch

    seen: dict[Any, tuple[Tensor, ...]] = {}
    with ExitStack() as hooks, torch.enable_grad():
        for owner in dict.fromkeys(site.owner for site in fake.activation_sites(model)):
            hooks.enter_context(
                owner.register_forward_hook(lambda own, given, made: seen.update({own: (*given, made)}))
            )
        logits = model(images.detach().requires_grad_())
    tensors = [tensor for each in seen.values() for tensor in each]
    slopes: dict[Any, list[tuple[Tensor, ...]]] = {owner: [] for owner in seen}
    for _ in range(draws):
        signs = torch.randint(2, logits.shape, generator=generator).mul(2).sub(1).to(logits)
        try:
            gradients = iter(torch.autograd.grad(logits, tensors, signs, retain_graph=True))
        except RuntimeError as error:
            raise ValueError(f"the logits do not depend on every layer: {error}") from error
        for owner, each in seen.items():
            slopes[owner].append(tuple(next(gradients) for _ in each))
    return {
        owner: Passed(len(images), tuple(t.detach() for t in each[:-1]), each[-1].detach(), tuple(slopes[owner]))
        for owner, each in seen.items()
    }
