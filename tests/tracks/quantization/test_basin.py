"""The way back to the original weights."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from suite.tracks.quantization.answering import logits_on_the_way
from suite.tracks.quantization.basin import POINTS, NoLatentWeights, latent, loss_barrier
from suite.tracks.quantization.fake import Uniform, compensate, insert, weight_sites

IMAGES = torch.randn(40, 6, generator=torch.Generator().manual_seed(0))
LABELS = (IMAGES.sum(dim=1) > 0).long()


class Net(nn.Module):
    """A perceptron that can be scaled through zero."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 2, bias=False)
        with torch.no_grad():
            self.layer.weight.copy_(torch.stack([-torch.ones(6), torch.ones(6)]) * 0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


class Bumpy(nn.Module):
    """Right at 1 and at -1, wrong between: |w| decides."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        score = x.sum(dim=1) * (2 * self.weight.abs() - 1)
        return torch.stack([-score, score], dim=1)


def _loss(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return float(nn.functional.cross_entropy(model(images), labels))


def test_no_barrier_within_a_convex_loss() -> None:
    end = copy.deepcopy(Net())
    with torch.no_grad():
        end.layer.weight.mul_(3)
    assert loss_barrier(Net(), end, IMAGES, LABELS) == 0


def test_a_barrier_between_two_basins_is_its_height() -> None:
    found = loss_barrier(Bumpy(1.0), Bumpy(-1.0), IMAGES, LABELS)
    ends, middle = (_loss(Bumpy(weight), IMAGES, LABELS) for weight in (1.0, 0.0))
    assert POINTS % 2  # so that the middle is a point
    assert found == pytest.approx(middle - ends, rel=1e-5)


def test_latent_weights_are_the_floats_and_the_others_those_in_use() -> None:
    original = Net()
    model = insert(copy.deepcopy(original))
    for site in weight_sites(model):
        site.put(Uniform.symmetric(2, torch.tensor(0.4)))
    assert torch.equal(latent(model, original, keep_weights=True).layer.weight, original.layer.weight)
    used = latent(model, original, keep_weights=False).layer.weight
    assert torch.allclose(used.abs(), torch.tensor(0.4))
    assert type(model.layer) is not nn.Linear  # the model itself is left alone


def test_a_compensation_is_no_latent_weight() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(6, 6)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner(x)

    original = nn.Sequential(Block())
    model = insert(copy.deepcopy(original))
    compensate(model[0], torch.eye(6), torch.ones(6))
    assert torch.allclose(latent(model, original, keep_weights=True)(IMAGES), original(IMAGES))


def test_other_parameters_are_refused() -> None:
    with pytest.raises(NoLatentWeights, match=r"no weights in floating point named layer\.weight"):
        latent(Bumpy(1.0), Net(), keep_weights=True)


def test_a_network_is_asked_on_the_way_and_left_as_it_was() -> None:
    original, network = Net(), Net()
    with torch.no_grad():
        network.layer.weight.mul_(-1)
    before, copied = network.layer.weight.clone(), copy.deepcopy(network)
    halfway = logits_on_the_way(network, original, 0.5, IMAGES)
    assert torch.equal(network.layer.weight, before)
    assert torch.equal(halfway, torch.zeros(40, 2))
    assert torch.equal(logits_on_the_way(network, original, 0.25, IMAGES), -0.5 * copied(IMAGES))
