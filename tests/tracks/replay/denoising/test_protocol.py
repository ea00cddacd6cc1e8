"""The whole protocol on a few digits: what is replayed is forgotten less, and everything else stays the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Card, Column, Outcome, TaskContext
from suite.contracts.samples import stored_table
from suite.run.result import Result, check_result
from suite.run.scoring import scores_of
from suite.tracks.replay import Bound, MemoryRetrieval, MemoryUpdate, ReplaySelector
from suite.tracks.replay.denoising import protocol
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION, DenoisingTask

NAMES = ("no-replay", "random-draw", "top-energy", "joint")
Run = Callable[[str], Outcome]


@pytest.fixture
def values(task: DenoisingTask) -> Callable[[Outcome], dict[tuple[str, str], float]]:
    return lambda outcome: {(score.metric, score.subset): score.value for score in scores_of(task, outcome.samples)}


def test_outcomes_are_as_declared_and_can_be_scored_again(task: DenoisingTask, outcome: Run) -> None:
    for name in NAMES:
        samples = outcome(name).samples
        assert isinstance(samples, task.samples)
        scores = scores_of(task, samples)
        assert check_result(task, Result(state="done", scores=scores)) is None
        assert scores_of(task, task.samples.read(stored_table(samples))) == scores
        assert len(samples.pictures("all")) == 2


def test_replay_keeps_what_would_be_forgotten(outcome: Run, values: Any) -> None:
    forgotten = {name: values(outcome(name))["reconstruction_forgetting", "all"] for name in NAMES}
    assert forgotten["no-replay"] > 0.01
    assert max(forgotten["joint"], forgotten["random-draw"]) < 0.8 * forgotten["no-replay"]
    errors = {name: values(outcome(name))["new_task_error", "new task"] for name in NAMES}
    assert errors["no-replay"] < errors["joint"]  # replay costs


def test_what_was_replayed_is_forgotten_least(outcome: Run) -> None:
    table = outcome("top-energy").samples.table()
    old = table.filter(np.asarray(table["subset"].to_pylist()) == "all")
    kept = old["replayed"].to_numpy(zero_copy_only=False).astype(bool)
    rise = old["after"].to_numpy() - old["before"].to_numpy()
    assert kept.sum() == 30
    assert rise[kept].mean() < rise[~kept].mean()
    assert set(old["decile"].to_numpy()[kept]) <= {9, 10}


def test_the_buffer_and_its_cost_are_measured(task: DenoisingTask, outcome: Run, values: Any) -> None:
    assert task.slot_bytes() == 72
    assert task.capacity() == 30
    random, top, none, joint = (values(outcome(name)) for name in ("random-draw", "top-energy", "no-replay", "joint"))
    assert random["buffer_bytes", "all"] == top["buffer_bytes", "all"] == 30 * 72
    assert none["buffer_bytes", "all"] == 0
    assert joint["buffer_bytes", "all"] == 200 * 72
    assert (random["extra_forward_passes", "all"], random["extra_backward_passes", "all"]) == (630, 30)
    assert top["extra_forward_passes", "all"] == 0
    assert 0 < random["class_entropy", "all"] <= 1
    assert none["class_entropy", "all"] == 0
    assert ("reconstruction_forgetting", "not replayed") not in joint


def test_before_task_2_all_methods_stand_where_the_others_do(outcome: Run) -> None:
    tables = [outcome(name).samples.table() for name in NAMES]
    for column in ("subset", "row", "label", "energy", "variance", "decile", "before"):
        assert len({str(table[column].to_pylist()) for table in tables}) == 1


def test_a_cell_repeats_itself(
    task: DenoisingTask, context: TaskContext, outcome: Run, methods: Any, values: Any
) -> None:
    again = task.evaluate(methods["random-draw"](), context)
    seconds = ("selector_seconds", "all")
    assert {**values(again), seconds: 0.0} == {**values(outcome("random-draw")), seconds: 0.0}


def test_two_methods_are_compared_sample_by_sample(outcome: Run, values: Any) -> None:
    column = Column(metric="reconstruction_forgetting", subset="all")
    for name in ("no-replay", "joint"):
        influence = outcome(name).samples.influence(column)
        assert influence is not None
        (part,) = influence.strata.values()
        assert part.mean() == pytest.approx(values(outcome(name))["reconstruction_forgetting", "all"])


CARD = Card(title="For a test", status="baseline")


class Keeps(MemoryUpdate):
    name, version, card = "keeps", "1", CARD

    def update(self, batch: Any, buffer: Any, context: Any) -> torch.Tensor:
        return torch.full((len(batch),), -1)


class Retrieves(MemoryRetrieval):
    name, version, card = "retrieves", "1", CARD

    def retrieve(self, batch: Any, buffer: Any, count: int, context: Any) -> torch.Tensor:
        return torch.arange(0)


class Asks(ReplaySelector):
    name, version, card = "asks", "1", CARD
    needs = frozenset({"history", "losses"})

    def select(self, candidates: Any, capacity: int, context: Any) -> torch.Tensor:
        return torch.arange(capacity)


class Alone(Bound):
    name, version, card, regime = "alone", "1", CARD, "buffer alone"


def test_what_has_no_place_here_is_declined(task: DenoisingTask, methods: Any) -> None:
    def declines(method: Any, *partners: Any) -> str:
        return task.declines(method, task.setting({}), partners)

    assert [declines(method) for method in methods.values()] == [""] * 4
    for method in (Keeps, Retrieves, Alone):
        assert declines(method) == "it gives no stream"
    assert declines(Asks) == "it gives no history"
    assert declines(methods["top-energy"], Retrieves) == "it gives no stream"  # its partner has nothing to do


def test_a_wrong_selection_is_an_error_of_the_cell(task: DenoisingTask, context: TaskContext, methods: Any) -> None:
    class Greedy(methods["top-energy"]):
        def select(self, candidates: Any, capacity: int, context: Any) -> torch.Tensor:
            return super().select(candidates, capacity + 1, context)

    with pytest.raises(ValueError, match=r"31 samples were chosen\. There is room for 30"):
        task.evaluate(Greedy(), context)


def test_it_says_what_it_is() -> None:
    for text in (protocol.__doc__, DenoisingTask.__doc__):
        assert text is not None
        assert RECONSTRUCTION in " ".join(text.split())


def test_metrics_have_names_of_their_own(task: DenoisingTask) -> None:
    assert len({metric.name for metric in task.metrics}) == len(task.metrics) == 11
