"""A small ConvNet on random images, and a small MLP on ticks."""

from __future__ import annotations

import pytest
import torch

from suite.contracts import Resources, TaskContext
from suite.tracks.learning_rate import ticks
from suite.tracks.learning_rate.network import MLP, ConvNet
from suite.tracks.learning_rate.problem import Part, Problem


@pytest.fixture
def context(resources: Resources) -> TaskContext:
    return TaskContext(0, resources)


@pytest.fixture
def images(context: TaskContext) -> Problem:
    """Three rates with two starts of a ConvNet on images of noise, whose mean tells the class."""
    generator = torch.Generator().manual_seed(0)
    parts = []
    for count in (64, 32, 48):
        labels = torch.randint(4, (count,), generator=generator)
        noise = torch.randn(count, 1, 8, 8, generator=generator)
        parts.append(Part(noise + labels[:, None, None, None], labels))
    return Problem.of(ConvNet(1, 3, 3, 4), 28.0, (3, 2), context, *parts)


@pytest.fixture
def tick_problem(context: TaskContext) -> Problem:
    """Two rates with two starts."""
    rng = context.rng("data")
    return Problem.of(MLP(32, 32), 1.0, (2, 2), context, *(Part(*ticks.samples(n, rng)) for n in (512, 96, 2000)))
