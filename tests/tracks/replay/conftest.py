"""A short stream of real digits, and small methods to take through it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor

from suite import Card
from suite.contracts import Resources, TaskContext
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.tracks.replay import (
    Bound,
    Exemplars,
    MemoryRetrieval,
    MemoryUpdate,
    ReplayContext,
    ReplayMethod,
    ReplaySelector,
)
from suite.tracks.replay.buffer import Buffer, slot_bytes
from suite.tracks.replay.roles import Roles, reservoir_slots
from suite.tracks.replay.stream.evaluation import Evaluation
from suite.tracks.replay.stream.rehearsal import Rehearsal
from suite.tracks.replay.stream.tasks import StreamTask
from suite.tracks.replay.stream.training import Schedule, Training

CARD = Card(title="For tests", status="baseline")
TRAINING = Training(
    architecture=Architecture("small-cnn", {"classes": 10, "width": 16}),
    transform=Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
    batch=10,
    replay=10,
    epochs=2,
    learning_rate=0.05,
)


class First(ReplaySelector):
    """The first samples."""

    name, version, card = "first", "1", CARD

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        return torch.arange(capacity)


class Keep(MemoryUpdate):
    """A reservoir."""

    name, version, card = "keep", "1", CARD

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
        return reservoir_slots(len(batch), context.seen, buffer.capacity, context.rng("keep"))


class Latest(MemoryRetrieval):
    """The highest slots."""

    name, version, card = "latest", "1", CARD

    def retrieve(self, batch: Exemplars, buffer: Buffer, count: int, context: ReplayContext) -> Tensor:
        return torch.arange(len(buffer)).flip(0)[:count]


class Nothing(Bound):
    """No replay."""

    name, version, card, regime = "nothing", "1", CARD, "no replay"


class Everything(Bound):
    """Joint training."""

    name, version, card, regime = "everything", "1", CARD, "joint"


class Alone(Bound, Keep):
    """The buffer alone."""

    name, regime = "alone", "buffer alone"


METHODS = (First, Keep, Latest, Nothing, Everything, Alone)


def digits(classes: list[int], rows: slice) -> Exemplars:
    """Return digits of some classes as samples."""
    data = load_digits()
    chosen = np.flatnonzero(np.isin(data.target, classes))[rows]
    pixels = torch.from_numpy(data.images[chosen].astype(np.uint8))[..., None]
    return Exemplars(pixels, torch.from_numpy(data.target[chosen].astype(np.int64)), torch.from_numpy(chosen))


@pytest.fixture
def stream() -> list[StreamTask]:
    """Two tasks of two digits, 80 images to learn from and 40 to test on."""
    tasks = []
    for classes in ([0, 1], [2, 3]):
        tested = digits(classes, slice(80, 120))
        images = TRAINING.transform.normalise(tested.inputs)
        tasks.append(StreamTask(digits(classes, slice(80)), images, tested.labels))
    return tasks


def rehearsed(
    method: ReplayMethod, stream: list[StreamTask], resources: Resources, seed: int = 0, slots: int = 10
) -> Rehearsal:
    """Take a method through the stream and return how it went."""
    roles = Roles(method)
    budget = slots * slot_bytes(stream[0].samples.inputs)
    rehearsal = Rehearsal(
        stream=stream,
        training=TRAINING,
        roles=roles,
        budget=budget,
        capacity=budget // slot_bytes(stream[0].samples.inputs, len(roles.columns)),
        classes=10,
        evaluation=Evaluation(stream, [16, 16], Schedule(images=20)),
        context=TaskContext(seed, resources),
    )
    rehearsal.run()
    return rehearsal
