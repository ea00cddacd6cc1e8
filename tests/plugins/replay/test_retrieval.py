"""Maximally interfered retrieval, and replay by Shapley values."""

from __future__ import annotations

from typing import Any

import torch

from suite.plugins.replay.aser import ASER
from suite.plugins.replay.mir import MIR
from suite.tracks.replay import Exemplars
from suite.tracks.replay.buffer import Buffer


def filled(samples: Exemplars) -> Buffer:
    buffer = Buffer(samples, len(samples))
    buffer.write(torch.arange(len(samples)), samples)
    return buffer


def test_the_most_interfered_are_replayed(digits: Any, context: Any, learner: Any) -> None:
    """With everything subsampled these are the largest rises of all."""
    buffer, batch = filled(digits[:300]), digits[digits.labels == 8][:10]
    rise = learner.losses_after_step(batch, digits[:300]) - learner.losses(digits[:300])
    slots = MIR(subsample=300).retrieve(batch, buffer, 10, context())
    assert torch.allclose(rise[slots], rise.topk(10).values, atol=1e-6)


def test_a_subsample_is_looked_at(digits: Any, context: Any, learner: Any) -> None:
    before = [each.clone() for each in learner.network.parameters()]
    MIR().retrieve(digits[:10], filled(digits[:300]), 10, context())
    assert (learner.forward_passes, learner.backward_passes) == (100, 10)
    assert all(torch.equal(*pair) for pair in zip(before, learner.network.parameters(), strict=True))
    drawn = torch.cat([MIR().retrieve(digits[:10], filled(digits[:300]), 10, context(moment=k)) for k in range(9)])
    assert len(drawn.unique()) > 40


def line(learner: Any, positions: list[float]) -> None:
    """Give each row a feature on a line."""
    table = torch.tensor(positions)[:, None]
    learner.looks["features"] = lambda samples: table[samples.rows]


def test_what_misleads_the_batch_is_replayed(context: Any, learner: Any, labelled: Any) -> None:
    """Exemplars of class 1 come in where class 0 is: those of class 0 are replayed, and in the end those of class 1."""
    line(learner, [k / 100 for k in range(16)] + [10 + k / 100 for k in range(16)] + [0.05, 0.08])
    samples = labelled([0] * 16 + [1] * 18)
    slots = ASER().retrieve(samples[32:], filled(samples[:32]), 6, context())
    assert set(samples.labels[slots].tolist()) == {0}


def test_the_draw_is_uniform_until_the_buffer_is_full(digits: Any, context: Any, learner: Any) -> None:
    buffer = Buffer(digits, 50)
    buffer.write(torch.arange(40), digits[:40])
    found = [ASER().retrieve(digits[:5], buffer, 8, context(seed=seed)) for seed in range(500)]
    counts = torch.cat(found).bincount(minlength=40)
    assert learner.forward_passes == 0
    assert int(counts.min()) > 60
    assert int(counts.max()) < 140


def test_a_mislabelled_sample_leaves(context: Any, learner: Any, labelled: Any) -> None:
    """Slot 0 has class 0 and lies among class 1; a good sample of class 0 takes its place, where it is a candidate."""
    line(learner, [10.055] + [k / 100 for k in range(15)] + [10 + k / 100 for k in range(16)] + [0.051])
    samples = labelled([0] * 16 + [1] * 16 + [0])
    slots = [int(ASER().update(samples[32:], filled(samples[:32]), context(seed=seed))) for seed in range(60)]
    counts = torch.tensor([slot for slot in slots if slot >= 0]).bincount(minlength=32)
    assert int(counts.argmax()) == 0
    assert int(counts[0]) > 20


def test_a_new_class_gets_in(context: Any, learner: Any, labelled: Any) -> None:
    """Its samples judge too, as there are none in the buffer: without that nothing of it would be worth anything."""
    line(learner, [k / 100 for k in range(16)] + [10 + k / 100 for k in range(16)] + [20 + k / 100 for k in range(5)])
    samples = labelled([0] * 16 + [1] * 16 + [2] * 5)
    slots = ASER().update(samples[32:], filled(samples[:32]), context())
    assert int((slots >= 0).sum()) >= 3
    taken = slots[slots >= 0]
    assert len(taken.unique()) == len(taken)


def test_features_are_asked_for_once(context: Any, learner: Any, digits: Any) -> None:
    method, buffer = ASER(), filled(digits[:400])
    method.retrieve(digits[400:410], buffer, 10, context())
    assert learner.forward_passes == 310
