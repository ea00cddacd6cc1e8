"""A method's way through a stream: every regime, what is replayed, quotas, the audit, and answers that are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.cache import Cache
from suite.contracts import Resources
from suite.tracks.replay import Exemplars, ReplayContext, Unavailable
from suite.tracks.replay.audit import OverBudget
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.tasks import StreamTask

from ..conftest import METHODS, Alone, Everything, First, Keep, Latest, Nothing, rehearsed


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_kind_of_method_goes_through(method: type, stream: list[StreamTask], resources: Resources) -> None:
    once, again = (rehearsed(method(), stream, resources) for _ in range(2))
    evaluation = once.evaluation
    assert np.stack(evaluation.matrix).shape == (2, 2)
    assert evaluation.initial.shape == (2,)
    points = [16, 32] if method is Alone else list(range(1, 33))
    assert evaluation.curve.steps.tolist() == points
    assert np.isnan(evaluation.curve.values[evaluation.curve.training == 0, 1]).all()
    assert np.array_equal(evaluation.curve.values, again.evaluation.curve.values, equal_nan=True)
    assert once.held == again.held
    assert len(once.held) == 2


def test_seeds_differ(stream: list[StreamTask], resources: Resources) -> None:
    one, other = (rehearsed(Keep(), stream, resources, seed) for seed in (0, 1))
    assert one.held != other.held


def test_replay_helps_and_everything_helps_most(stream: list[StreamTask], resources: Resources) -> None:
    final = {
        method.name: rehearsed(method(), stream, resources).evaluation.matrix[-1]
        for method in (Nothing, First, Everything)
    }
    assert final["nothing"][0] < 0.1
    assert final["first"][0] > final["nothing"][0] + 0.3
    assert final["everything"].mean() > final["nothing"].mean() + 0.1


def test_a_selectors_tasks_have_equal_shares_and_keep_their_best(
    stream: list[StreamTask], resources: Resources
) -> None:
    first, second = rehearsed(First(), stream, resources, slots=9).held
    rows = [task.samples.rows.tolist() for task in stream]
    assert first == rows[0][:9]
    assert second == rows[0][:5] + rows[1][:4]


def test_what_is_there_once_is_what_the_stream_had(stream: list[StreamTask], resources: Resources) -> None:
    last = rehearsed(Keep(), stream, resources, slots=300)
    rows = [row for task in stream for row in task.samples.rows.tolist()]
    assert sorted(last.held[-1]) == sorted(rows)  # room for all, and each was considered once in two epochs


def test_the_method_draws_what_is_replayed(
    stream: list[StreamTask], resources: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, step = [], Classifier.step

    def spied(self: Classifier, samples: Exemplars) -> Tensor:
        sizes.append(len(samples))
        return step(self, samples)

    monkeypatch.setattr(Classifier, "step", spied)
    rehearsed(Latest(), stream, resources, slots=4)
    assert sizes == [10, *[14] * 31]
    sizes.clear()
    rehearsed(Nothing(), stream, replace(resources, cache=Cache(tmp_path)))  # the first task is learned once a cache
    assert sizes == [10] * 32
    sizes.clear()
    rehearsed(Everything(), stream, resources)
    assert sizes == [20] * 32


def test_hoarding_is_over_budget(stream: list[StreamTask], resources: Resources) -> None:
    class Hoarder(Keep):
        def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
            self.hidden = [*getattr(self, "hidden", []), batch.inputs.clone()]
            return super().update(batch, buffer, context)

    with pytest.raises(OverBudget, match="keep keeps"):
        rehearsed(Hoarder(), stream, resources)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (torch.arange(6), "room for 5"),
        (torch.tensor([1, 1]), "twice"),
        (torch.tensor([0, 80]), "choose places in 0..79. Got 0..80"),
        (torch.tensor([-1]), "Got -1"),
        (torch.tensor([0.5]), "row of integers"),
        (torch.tensor([[1]]), "row of integers"),
        (torch.tensor([True]), "row of integers"),
    ],
)
def test_wrong_answers_of_a_selector_are_named(
    answer: Tensor, wrong: str, stream: list[StreamTask], resources: Resources
) -> None:
    class Wrong(First):
        def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
            return answer

    with pytest.raises(ValueError, match=wrong):
        rehearsed(Wrong(), stream, resources, slots=5)


@pytest.mark.parametrize(
    ("slots", "wrong"),
    [([0, 10] + [-1] * 8, "the buffer has 10 slots"), ([1] + [-1] * 9, "before slot 0"), ([0], "give 10 slots")],
)
def test_wrong_slots_of_an_update_are_named(
    slots: list[int], wrong: str, stream: list[StreamTask], resources: Resources
) -> None:
    class Wrong(Keep):
        def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
            return torch.tensor(slots)

    with pytest.raises(ValueError, match=wrong):
        rehearsed(Wrong(), stream, resources)


def test_the_record_of_training_is_there_for_selectors_alone(stream: list[StreamTask], resources: Resources) -> None:
    seen: list[Tensor] = []

    class ByMargin(First):
        def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
            seen.append(context.learner.history(candidates).margin_sum)
            return super().select(candidates, capacity, context)

    class Curious(Keep):
        def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
            context.learner.history(batch)
            return super().update(batch, buffer, context)

    rehearsed(ByMargin(), stream, resources)
    assert [len(each) for each in seen] == [80, 80]
    assert all(float(each.abs().max()) <= 2 for each in seen)  # two epochs, each within -1 and 1
    with pytest.raises(Unavailable, match="at the end of a task"):
        rehearsed(Curious(), stream, resources)
