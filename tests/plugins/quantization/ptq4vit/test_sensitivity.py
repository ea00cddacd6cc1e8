"""What is recorded of a module, and the importance of its output."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite.plugins.quantization.ptq4vit._sensitivity import record
from suite.tracks.quantization.fake import insert


def test_importance_is_the_diagonal_of_the_hessian_on_average() -> None:
    torch.manual_seed(0)
    head = nn.Linear(3, 4)
    model = nn.Sequential(nn.Flatten(), head, nn.Identity())
    image = torch.randn(1, 3)
    draws = [record(model, head, image, torch.Generator().manual_seed(seed)).importance for seed in range(4000)]
    likely = model(image).softmax(dim=1)
    # At the logits the Hessian is diag(p) - p p', whatever the label.
    hessian = torch.autograd.functional.hessian(
        lambda z: nn.functional.cross_entropy(z, torch.tensor([2])), head(image)
    )
    diagonal = hessian.reshape(4, 4).diagonal()
    torch.testing.assert_close(diagonal, (likely * (1 - likely))[0].detach())
    # Each draw is scaled to mean 1; of the unscaled ones the mean is the diagonal.
    unscaled = [squared_gradient(likely.detach(), seed) for seed in range(4000)]
    torch.testing.assert_close(torch.stack(unscaled).mean(0)[0], diagonal, rtol=0.1, atol=0.01)
    for one, other in zip(draws, unscaled, strict=True):
        torch.testing.assert_close(one, other / other.mean(), rtol=1e-4, atol=1e-5)


def squared_gradient(likely: Tensor, seed: int) -> Tensor:
    signs = torch.randint(2, likely.shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    drawn = likely.sqrt() * signs
    return (drawn - likely * drawn.sum()).square()


@pytest.mark.parametrize("frozen", [False, True])
def test_importance_has_the_outputs_shape_and_mean_one(frozen: bool, digits_vit: Any) -> None:
    model, images, _, _ = digits_vit
    model = insert(copy.deepcopy(model)).requires_grad_(not frozen)
    with torch.no_grad():
        seen = record(model, model.blocks[0].mlp.fc1, images[:8], torch.Generator().manual_seed(0))
    assert seen.importance.shape == seen.output.shape == (8, 16, 192)
    assert seen.importance.mean() == pytest.approx(1, rel=1e-4)
    assert not seen.output.requires_grad
    assert all(parameter.grad is None for parameter in model.parameters())


def test_an_output_that_nothing_depends_on_counts_evenly() -> None:
    layer = nn.Linear(3, 4)

    class Ignores(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Tensor) -> Tensor:
            return x + 0 * self.layer(x).sum()

    seen = record(Ignores(), layer, torch.randn(2, 3), torch.Generator().manual_seed(0))
    assert torch.equal(seen.importance, torch.ones(2, 4))
