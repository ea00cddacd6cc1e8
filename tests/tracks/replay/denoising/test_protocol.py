"""The whole protocol on a few digits: what is replayed is forgotten less, and everything else stays the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Card, Column, Outcome, TaskContext
from suite.run.result import Result, check_result
from suite.tracks.replay import Bound, MemoryRetrieval, MemoryUpdate, ReplaySelector
from suite.tracks.replay.denoising import protocol
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION, DenoisingTask

pytestmark = pytest.mark.xdist_group("denoising")
NAMES = ("no-replay", "random-draw", "top-energy", "joint")
Run = Callable[[str], Outcome]


def values(outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in outcome.scores}


def test_outcomes_are_as_declared_and_can_be_scored_again(task: DenoisingTask, outcome: Run) -> None:
    for name in NAMES:
        found = outcome(name)
        assert check_result(task, Result(state="done", scores=found.scores)) is None
        assert found.samples is not None
        assert task.rescore(found.samples) == found.scores
        assert len(task.pictures(found.samples, "all")) == 2


def test_replay_keeps_what_would_be_forgotten(outcome: Run) -> None:
    forgotten = {name: values(outcome(name))["reconstruction_forgetting", "all"] for name in NAMES}
    assert forgotten["no-replay"] > 0.01
    assert max(forgotten["joint"], forgotten["random-draw"]) < 0.8 * forgotten["no-replay"]
    errors = {name: values(outcome(name))["new_task_error", "new task"] for name in NAMES}
    assert errors["no-replay"] < errors["joint"]  # replay costs


def test_what_was_replayed_is_forgotten_least(outcome: Run) -> None:
    table = outcome("top-energy").samples
    assert table is not None
    old = table.filter(np.asarray(table["subset"].to_pylist()) == "all")
    kept = old["replayed"].to_numpy(zero_copy_only=False).astype(bool)
    rise = old["after"].to_numpy() - old["before"].to_numpy()
    assert kept.sum() == 30
    assert rise[kept].mean() < rise[~kept].mean()
    assert set(old["decile"].to_numpy()[kept]) <= {9, 10}


def test_the_buffer_and_its_cost_are_measured(task: DenoisingTask, outcome: Run) -> None:
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
    tables = [outcome(name).samples for name in NAMES]
    for column in ("subset", "row", "label", "energy", "variance", "decile", "before"):
        assert len({str(table[column].to_pylist()) for table in tables if table is not None}) == 1


def test_a_cell_repeats_itself(task: DenoisingTask, context: TaskContext, outcome: Run, methods: Any) -> None:
    again = task.evaluate(methods["random-draw"](), context)
    seconds = ("selector_seconds", "all")
    assert {**values(again), seconds: 0.0} == {**values(outcome("random-draw")), seconds: 0.0}


def test_two_methods_are_compared_sample_by_sample(task: DenoisingTask, outcome: Run) -> None:
    column = Column(metric="reconstruction_forgetting", subset="all")
    for name in ("no-replay", "joint"):
        table = outcome(name).samples
        assert table is not None
        parts = task.influence(table, column)
        assert parts is not None
        (part,) = parts.values()
        assert part.mean() == pytest.approx(values(outcome(name))["reconstruction_forgetting", "all"])


CARD = Card(title="For a test", status="baseline")


class Keeps(MemoryUpdate):
    name, version, card = "keeps", "1", CARD

    def consider(self, batch: Any, buffer: Any, context: Any) -> torch.Tensor:
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
    assert [task.declines(method) for method in methods.values()] == [""] * 4
    assert "no stream" in task.declines(Keeps)
    assert "no stream" in task.declines(Retrieves)
    assert task.declines(Asks) == "a denoiser has no history"
    assert "buffer alone" in task.declines(Alone)


def test_a_method_without_a_role_here_is_an_error(task: DenoisingTask, context: TaskContext) -> None:
    with pytest.raises(TypeError, match=r"Keeps is not a suite.tracks.replay.ReplaySelector"):
        task.evaluate(Keeps(), context)


def test_a_wrong_selection_is_an_error_of_the_cell(task: DenoisingTask, context: TaskContext, methods: Any) -> None:
    class Greedy(methods["top-energy"]):
        def select(self, candidates: Any, capacity: int, context: Any) -> torch.Tensor:
            return super().select(candidates, capacity + 1, context)

    with pytest.raises(ValueError, match="31 samples were chosen where there is room for 30"):
        task.evaluate(Greedy(), context)


def test_it_says_what_it_is() -> None:
    for text in (protocol.__doc__, DenoisingTask.__doc__):
        assert text is not None
        assert RECONSTRUCTION in " ".join(text.split())


def test_metrics_have_names_of_their_own(task: DenoisingTask) -> None:
    assert len({metric.name for metric in task.metrics}) == len(task.metrics) == 11
