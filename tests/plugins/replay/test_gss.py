"""Gradient-based sample selection on gradients that are given."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.plugins.replay.gss import GSS, cosines
from suite.tracks.replay import Exemplars
from suite.tracks.replay.buffer import Buffer


@pytest.fixture
def gradients(learner: Any) -> Any:
    """Give the learner each row's gradient: ``gradients([[1, 0], [0, 1]])``."""

    def give(rows: list[list[float]]) -> None:
        table = torch.tensor(rows, dtype=torch.float32)
        learner.gradients = lambda samples: table[samples.rows]
        learner.mean_gradient = lambda samples: table[samples.rows].mean(dim=0)

    return give


def filled(samples: Exemplars, scores: list[float]) -> Buffer:
    buffer = Buffer(samples, len(scores), GSS.columns)
    buffer.write(torch.arange(len(scores)), samples[: len(scores)])
    buffer.columns["score"][:] = torch.tensor(scores)
    return buffer


def test_a_buffer_with_room_takes_all_and_scores_them(gradients: Any, context: Any, labelled: Any) -> None:
    gradients([[1, 0], [1, 0], [0.6, 0.8], [-1, 0], [0, 5], [1, 1]])
    samples, buffer = labelled([0] * 6), Buffer(labelled([0]), 5, GSS.columns)
    buffer.write(GSS().update(samples[:2], buffer, context()), samples[:2])
    assert buffer.columns["score"][:2].tolist() == [0.1, 0.1]
    slots = GSS().update(samples[2:], buffer, context())
    assert slots.tolist() == [2, 3, 4, -1]  # the rest of a batch that fills the buffer is not kept
    assert torch.allclose(buffer.columns["score"][2:], torch.tensor([0.6, -1, 0], dtype=torch.float64))


def test_a_batch_like_the_buffer_is_not_let_in(gradients: Any, context: Any, labelled: Any) -> None:
    gradients([[1, 0], [0, 1], [1, 0.1]])
    samples = labelled([0, 0, 0])
    assert GSS().update(samples[2:], filled(samples, [0.5, 0.5]), context()).tolist() == [-1]


def test_the_odds_are_those_of_the_scores(gradients: Any, context: Any, labelled: Any) -> None:
    """s_old = (0.5 + 1) / 2 = 0.75 and s_new = (-0.6 + 1) / 2 = 0.2."""
    gradients([[1, 0], [-0.6, 0.8]])
    samples, won = labelled([0, 0]), 0
    for seed in range(2000):
        buffer = filled(samples, [0.5])
        (slot,) = GSS().update(samples[1:], buffer, context(seed=seed)).tolist()
        won += slot == 0
        assert float(buffer.columns["score"][0]) == pytest.approx(-0.6 if slot == 0 else 0.5)
    assert abs(won / 2000 - 0.75 / 0.95) < 0.04


def test_slots_are_offered_by_their_scores(gradients: Any, context: Any, labelled: Any) -> None:
    gradients([[1, 0]] * 4 + [[-1, 0]])
    samples = labelled([0] * 5)
    slots = [
        int(GSS().update(samples[4:], filled(samples, [-0.9, 0.1, 0.6, -0.9]), context(seed=seed)))
        for seed in range(2000)
    ]
    counts = torch.tensor(slots).bincount(minlength=4)  # s_new is 0: what is offered is taken
    assert counts[0] == counts[3] == 0
    assert abs(float(counts[2]) / 2000 - 0.6) < 0.05  # 1.5 to 1


def test_cosines_of_nothing_are_zero() -> None:
    found = cosines(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[1.0, 0.0], [0.0, -2.0]]))
    assert torch.allclose(found, torch.tensor([[0.0, 0.0], [0.6, -0.8]]))


def test_only_the_buffer_is_compared_until_a_batch_differs(digits: Any, context: Any, learner: Any) -> None:
    buffer = filled(digits, [0.1] * 200)
    GSS().update(digits[:10], buffer, context())
    assert learner.backward_passes in (110, 120)  # ten batches of ten, the batch, and its samples if need be
