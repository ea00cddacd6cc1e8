"""A small network that has learned digits, looked at as the replay track looks at its learner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from suite.tracks.replay import Exemplars, History, MemoryRetrieval, MemoryUpdate, ReplayContext
from suite.tracks.replay.buffer import Buffer

CLASSES = 10


class DigitsLearner:
    """The contract's `Learner` for a perceptron 64-32-10; nothing is cached. Features may be replaced by others."""

    def __init__(self, network: nn.Sequential, history: History) -> None:
        self.network = network
        self.looks: dict[str, Callable[[Exemplars], Tensor]] = {}
        self.forward_passes = self.backward_passes = 0
        self._history = history

    def flat(self, samples: Exemplars) -> Tensor:
        return samples.inputs.flatten(1).float() / 8 - 1

    def features(self, samples: Exemplars) -> Tensor:
        self.forward_passes += len(samples)
        if "features" in self.looks:
            return self.looks["features"](samples)
        with torch.no_grad():
            return self.network[:-1](self.flat(samples))

    def logits(self, samples: Exemplars) -> Tensor:
        self.forward_passes += len(samples)
        if "logits" in self.looks:
            return self.looks["logits"](samples)
        with torch.no_grad():
            return self.network(self.flat(samples))

    def augmented_logits(self, samples: Exemplars, times: int, generator: torch.Generator) -> Tensor:
        self.forward_passes += times * len(samples)
        flat = self.flat(samples)
        noise = torch.randn(times, *flat.shape, generator=generator)
        with torch.no_grad():
            return self.network(flat + noise)

    def losses(self, samples: Exemplars) -> Tensor:
        return F.cross_entropy(self.logits(samples), samples.labels, reduction="none")

    def losses_after_step(self, batch: Exemplars, samples: Exemplars) -> Tensor:
        before = [each.detach().clone() for each in self.network.parameters()]
        gradient = self.mean_gradient(batch)
        with torch.no_grad():
            nn.utils.vector_to_parameters(
                nn.utils.parameters_to_vector(self.network.parameters()) - 0.1 * gradient, self.network.parameters()
            )
            losses = self.losses(samples)
            for each, old in zip(self.network.parameters(), before, strict=True):
                each.copy_(old)
        return losses

    def gradients(self, samples: Exemplars) -> Tensor:
        return torch.stack([self.mean_gradient(samples[place : place + 1]) for place in range(len(samples))])

    def mean_gradient(self, samples: Exemplars) -> Tensor:
        self.backward_passes += len(samples)
        loss = F.cross_entropy(self.network(self.flat(samples)), samples.labels)
        return torch.cat([each.flatten() for each in torch.autograd.grad(loss, list(self.network.parameters()))])

    def history(self, samples: Exemplars) -> History:
        kept = samples.rows
        return History(self._history.margin_sum[kept], self._history.forgotten[kept], self._history.error_norm[kept])


@pytest.fixture(scope="session")
def digits() -> Exemplars:
    """All 1,797 digits."""
    bunch = load_digits()
    pixels = torch.from_numpy(bunch.images).to(torch.uint8)[..., None]
    return Exemplars(pixels, torch.from_numpy(bunch.target).long(), torch.arange(len(pixels)))


@pytest.fixture(scope="session")
def trained(digits: Exemplars) -> tuple[nn.Sequential, History]:
    """A network after some epochs on a part of the digits, and its history of all of them."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, CLASSES))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    flat = digits.inputs.flatten(1).float() / 8 - 1
    margin, forgotten, error, right = torch.zeros(4, len(digits))
    for _ in range(12):
        for places in torch.arange(600).split(30):
            optimiser.zero_grad()
            F.cross_entropy(network(flat[places]), digits.labels[places]).backward()
            optimiser.step()
        with torch.no_grad():
            shares = network(flat).softmax(dim=1)
        own = shares.gather(1, digits.labels[:, None])[:, 0]
        others = shares.scatter(1, digits.labels[:, None], -1.0).amax(dim=1)
        margin, error = margin + own - others, error + (shares - F.one_hot(digits.labels, CLASSES)).norm(dim=1)
        forgotten, right = forgotten + right * (own <= others), (own > others).float()
    return network, History(margin, forgotten, error)


@pytest.fixture
def learner(trained: tuple[nn.Sequential, History]) -> DigitsLearner:
    """The learner, with counters at zero."""
    return DigitsLearner(*trained)


@pytest.fixture
def context(learner: DigitsLearner) -> Callable[..., ReplayContext]:
    """Make a context: ``context()``, ``context(moment=3, seen=30)``."""

    def made(**given: Any) -> ReplayContext:
        return ReplayContext(**{"seed": 0, "learner": learner, "classes": CLASSES, **given})

    return made


def labelled(labels: list[int] | Tensor) -> Exemplars:
    """Return samples of which only the labels matter."""
    given = torch.as_tensor(labels)
    return Exemplars(torch.zeros(len(given), 1, dtype=torch.uint8), given, torch.arange(len(given)))


def streamed(
    method: MemoryUpdate,
    samples: Exemplars,
    capacity: int,
    context: Callable[..., ReplayContext],
    size: int = 10,
    **given: Any,
) -> Buffer:
    """Return the buffer after a stream of samples in batches."""
    buffer = Buffer(samples, capacity, method.columns)
    for moment, start in enumerate(range(0, len(samples), size)):
        batch = samples[start : start + size]
        now = context(moment=moment, seen=start, **given)
        if isinstance(method, MemoryRetrieval) and len(buffer):
            method.retrieve(batch, buffer, 10, now)
        buffer.write(method.update(batch, buffer, now), batch)
    return buffer


@pytest.fixture(name="labelled")
def _labelled() -> Callable[..., Exemplars]:
    return labelled


@pytest.fixture(name="streamed")
def _streamed() -> Callable[..., Buffer]:
    return streamed
