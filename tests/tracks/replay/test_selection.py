"""What is replayed of a finished task, by role."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from suite.contracts import Card, Context
from suite.tracks.replay import Bound, Exemplars, ReplayContext, ReplaySelector
from suite.tracks.replay.roles import selected

CARD = Card(title="For a test", status="baseline")


class Fixed(ReplaySelector):
    name, version, card = "fixed", "1", CARD

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        return torch.arange(capacity)


class Joint(Bound):
    name, version, card, regime = "joint", "1", CARD, "joint"


class Nothing(Bound):
    name, version, card, regime = "nothing", "1", CARD, "no replay"


def test_each_role_replays_what_it_says() -> None:
    samples = Exemplars(torch.zeros(6, 2, 2, 1).byte(), torch.zeros(6).long(), torch.arange(6))
    context: Any = Context(seed=0)
    assert selected(Fixed(), samples, 2, context).places.tolist() == [0, 1]
    assert selected(Fixed(), samples, 9, context).places.tolist() == list(range(6))
    assert selected(Joint(), samples, 2, context).places.tolist() == list(range(6))
    assert selected(Nothing(), samples, 2, context).places.tolist() == []
