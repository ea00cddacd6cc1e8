"""A small network that has learned digits, looked at as the replay track looks at its learner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite.testing.replay import CLASSES, Digits, DigitsLearner, learned_digits, streamed
from suite.tracks.replay import Exemplars, History, ReplayContext
from suite.tracks.replay.buffer import Buffer


@pytest.fixture(scope="session")
def learned() -> Digits:
    """All 1,797 digits, and a network after some epochs on a part of them."""
    return learned_digits()


@pytest.fixture(scope="session")
def digits(learned: Digits) -> Exemplars:
    """The digits."""
    return learned.samples


@pytest.fixture(scope="session")
def trained(learned: Digits) -> tuple[nn.Sequential, History]:
    """The network, and its history of all digits."""
    return learned.network, learned.history


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


@pytest.fixture(name="labelled")
def _labelled() -> Callable[..., Exemplars]:
    return labelled


@pytest.fixture(name="streamed")
def _streamed() -> Callable[..., Buffer]:
    return streamed
