"""Annealing outside the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suite.contracts import Resources, TaskContext
from suite.tracks.temperature.landscapes.landscape import Landscape
from suite.tracks.temperature.walkers import Mode, TaskWalkers, checkpoints


@pytest.fixture
def walkers(resources: Resources) -> Callable[..., TaskWalkers]:
    """Makes walkers on a landscape, at their start."""

    def made(landscape: Landscape, runs: int = 8, budget: int = 100, eta: float = 0.01, **more: Any) -> TaskWalkers:
        mode: Mode = more.get("mode", "noise-only")
        context = TaskContext(more.get("seed", 0), resources)
        looks = more.get("looks", checkpoints(budget, 10))
        return TaskWalkers(landscape, runs, budget, eta, more.get("coldest", 8.0), mode, looks, context)

    return made
