"""Networks depend on the direction of their weights alone, and many at once are what each is by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from suite.contracts import TaskContext
from suite.tracks.learning_rate.network import HEAD_NORM, MLP, ConvNet, ResNet18, SphereNetwork
from suite.tracks.learning_rate.normalisation import Normalisation
from suite.tracks.learning_rate.problem import Part, Problem

NETWORKS = {"mlp": MLP(32, 32), "convnet": ConvNet(3, 4, 3, 10), "resnet18": ResNet18(3, 4, 10)}


def made(network: SphereNetwork, context: TaskContext, runs: tuple[int, int] = (1, 3)) -> Problem:
    shape = (32,) if isinstance(network, MLP) else (3, 16, 16)
    generator = torch.Generator().manual_seed(1)
    parts = [
        Part(torch.randn(12, *shape, generator=generator), torch.randint(2, (12,), generator=generator))
        for _ in range(3)
    ]
    return Problem.of(network, 28.0, runs, context, *parts)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_logits_do_not_change_with_the_norm(network: SphereNetwork, context: TaskContext) -> None:
    problem = made(network, context)
    by_batch = [
        network.logits(scale * problem.start, problem.heads, problem.test.inputs, Normalisation()) for scale in (1, 2)
    ]
    assert torch.allclose(*by_batch, atol=2e-3)
    by_statistics = [problem.asked(scale * problem.start, problem.test.inputs) for scale in (1, 2)]
    assert torch.allclose(*by_statistics, atol=1e-4)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_many_networks_are_what_each_is_by_itself(network: SphereNetwork, context: TaskContext) -> None:
    problem, rows = made(network, context), torch.arange(8)
    gradient, logits = problem.gradient(problem.start, rows), problem.asked(problem.start, problem.test.inputs)
    for run in range(3):
        alone = replace(problem, start=problem.start[[run]], heads=problem.heads[[run]])
        assert torch.allclose(alone.asked(alone.start, problem.test.inputs)[0], logits[run], atol=1e-4)
        assert torch.allclose(alone.gradient(alone.start, rows)[0], gradient[run], rtol=1e-3, atol=1e-6)
    radial = (gradient * problem.start).sum(1) / gradient.norm(dim=1) / 28
    assert radial.abs().max() < 1e-3  # the gradient of a scale-invariant function


def test_the_last_layer_is_fixed_and_of_norm_10(context: TaskContext) -> None:
    for network in NETWORKS.values():
        heads = made(network, context).heads
        assert torch.allclose(heads.flatten(1).norm(dim=1), torch.tensor(HEAD_NORM))


def test_the_authors_networks_have_their_sizes() -> None:
    count = {
        name: sum(torch.Size(shape).numel() for shape in network.shapes)
        for name, network in {"convnet": ConvNet(3, 32, 4, 10), "resnet18": ResNet18(3, 32, 10)}.items()
    }
    assert count == {"convnet": 27 * 32 + 9 * 32 * 64 * (1 + 4 + 16), "resnet18": 2_790_240}


def test_ghosts_normalise_each_part_by_itself() -> None:
    layer = torch.randn(8, 3, 4, 4)
    whole, parts = Normalisation()(layer), Normalisation(2)(layer)
    assert torch.allclose(parts, torch.cat([Normalisation()(part) for part in layer.chunk(2)]), atol=1e-5)
    assert not torch.allclose(parts, whole, atol=1e-2)
