"""A step of an online buffer of 50,000 samples beside one of 500, in one process.

Run with: pytest tests/perf/test_buffer_speed.py -n 0 -s
A step: which slots a batch of 10 gets, writing it, drawing 10 uniformly, reading these. Both buffers are full of CIFAR
images of ten classes, and both are at the same moment relative to their size: four samples came for each slot.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import torch

from suite.plugins.replay._quotas import QuotaMemory
from suite.plugins.replay.class_balanced_reservoir import ClassBalancedReservoir
from suite.plugins.replay.gdumb import GDumb
from suite.plugins.replay.reservoir import Reservoir
from suite.plugins.replay.ring import Ring
from suite.tracks.replay import Exemplars, ReplayContext
from suite.tracks.replay.buffer import Buffer

SMALL, LARGE, BATCH, CAME = 500, 50_000, 10, 4
ROUNDS, STEPS = 40, 50


class Stream:
    """A method at one moment of its stream, again and again."""

    def __init__(self, method: Any, capacity: int) -> None:
        labels = torch.arange(capacity) % 10
        images = Exemplars(torch.zeros(capacity, 32, 32, 3, dtype=torch.uint8), labels, torch.arange(capacity))
        self.method, self.buffer, self.moment = method(), Buffer(images, capacity, method.columns), 0
        self.batch, self.seen = images[:BATCH], CAME * capacity
        for start in range(0, capacity, SMALL):
            some = images[start : start + SMALL]
            self.buffer.write(self.method.update(some, self.buffer, self.context(start)), some)

    def context(self, seen: int) -> ReplayContext:
        """Return the next moment's context."""
        self.moment += 1
        return ReplayContext(seed=0, learner=None, classes=10, moment=self.moment, seen=seen)  # type: ignore[arg-type]

    def step(self) -> float:
        """Return the seconds of one step."""
        if isinstance(self.method, QuotaMemory):
            assert self.method._tally is not None
            self.method._tally.seen[:] = self.seen // 10
        context = self.context(self.seen)
        started = time.perf_counter()
        self.buffer.write(self.method.update(self.batch, self.buffer, context), self.batch)
        drawn = context.rng("draw").choice(len(self.buffer), BATCH, replace=False, shuffle=False)
        self.buffer.samples(torch.from_numpy(drawn))
        return time.perf_counter() - started


@pytest.mark.parametrize("method", [Reservoir, ClassBalancedReservoir, Ring, GDumb])
def test_a_step_costs_the_same_whatever_the_size(method: Any) -> None:
    streams = {capacity: Stream(method, capacity) for capacity in (SMALL, LARGE)}
    seconds: dict[int, list[float]] = {SMALL: [], LARGE: []}
    for _ in range(ROUNDS):
        for capacity, stream in streams.items():  # in turn, so that a busy machine is busy for both
            seconds[capacity].append(float(np.median([stream.step() for _ in range(STEPS)])))
    small, large = (1e6 * float(np.median(seconds[capacity])) for capacity in (SMALL, LARGE))
    print(f"{method.name:26} {small:6.0f} us at {SMALL}, {large:6.0f} us at {LARGE:,}: {large / small:.2f} times")
