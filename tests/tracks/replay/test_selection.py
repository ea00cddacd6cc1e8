"""What is replayed of a finished task, by role."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from suite.contracts import Card, Context, Method
from suite.tracks.replay import Bound, ReplayContext, ReplaySelector, Samples
from suite.tracks.replay.selection import selected

CARD = Card(title="For a test", status="baseline")


class Fixed(ReplaySelector):
    name, version, card = "fixed", "1", CARD

    def select(self, candidates: Samples, capacity: int, context: ReplayContext) -> Tensor:
        return torch.arange(capacity)


class Joint(Bound):
    name, version, card, regime = "joint", "1", CARD, "joint"


class Nothing(Bound):
    name, version, card, regime = "nothing", "1", CARD, "no replay"


class Alone(Bound):
    name, version, card, regime = "alone", "1", CARD, "buffer alone"


class Other(Method):
    name, version, card, track = "other", "1", CARD, "replay"


def test_each_role_replays_what_it_says() -> None:
    samples = Samples(torch.zeros(6, 2, 2, 1).byte(), torch.zeros(6).long(), torch.arange(6))
    context: Any = Context(seed=0)
    assert selected(Fixed(), samples, 2, context).places.tolist() == [0, 1]
    assert selected(Fixed(), samples, 9, context).places.tolist() == list(range(6))
    assert selected(Joint(), samples, 2, context).places.tolist() == list(range(6))
    assert selected(Nothing(), samples, 2, context).places.tolist() == []
    for method in (Other(), Alone()):
        with pytest.raises(TypeError, match=r"is not a suite.tracks.replay.ReplaySelector"):
            selected(method, samples, 2, context)
