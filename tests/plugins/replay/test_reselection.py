"""Selection from a stream: the best of all that came, as if they had been chosen from at once."""

from __future__ import annotations

from typing import Any

import torch

from suite import Card
from suite.plugins.replay._reselection import Reselection
from suite.tracks.replay import Exemplars, ReplayContext


class Largest(Reselection):
    """Keeps the highest row numbers."""

    name, version, card = "largest", "1", Card(title="For a test", status="baseline")

    def chosen(self, samples: Exemplars, capacity: int, context: ReplayContext) -> torch.Tensor:
        return samples.rows.argsort(descending=True)[:capacity]


def test_what_stays_is_the_best_of_all_that_came(digits: Any, context: Any, streamed: Any) -> None:
    order = torch.randperm(200, generator=torch.Generator().manual_seed(0))
    buffer = streamed(Largest(), digits[order], 17, context, size=10)
    assert sorted(buffer.samples().rows.tolist()) == list(range(183, 200))


def test_a_batch_larger_than_the_buffer_fills_it(digits: Any, context: Any, streamed: Any) -> None:
    buffer = streamed(Largest(), digits[:40], 5, context, size=20)
    assert sorted(buffer.samples().rows.tolist()) == list(range(35, 40))
