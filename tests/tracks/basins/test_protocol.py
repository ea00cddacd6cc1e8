"""The protocol: the same arrays for all, failures as results, metered steps, tuning on other systems."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.contracts import Card, Column, Missing, Outcome, Resources, Setting, TaskContext
from suite.contracts.samples import stored_table
from suite.errors import SuiteError
from suite.plugins.basins.one_basin import OneBasin
from suite.plugins.basins.random import Random
from suite.run.scoring import scores_of
from suite.tracks.basins import BasinContext, BasinDetector, Partition
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import FRAMES, Latent
from suite.tracks.basins.problem import BUDGET, EmbeddedProblem, MeteredSimulator
from suite.tracks.basins.protocol import BasinTask, latents
from suite.tracks.basins.samples import BasinSamples


class Small(BasinTask):
    """Two systems through two embeddings."""

    id, version, tier, title, summary = "basins/small", "1", "embedded", "Small", "Four problems."
    seeds = (0, 1)
    systems = ("double-well", "triple-well")
    embeddings = (Embedding("linear", 4), Embedding("signflip", 6))
    development = ("prinz",)


class Scripted(BasinDetector):
    """Keeps what it was given and answers by a script."""

    name, version = "scripted", "1"
    card = Card(title="Scripted", status="baseline")
    seen: list[tuple[Tensor, BasinContext]]

    def partition(self, trajectories: Tensor, context: BasinContext) -> Partition:
        self.seen = [*getattr(self, "seen", []), (trajectories, context)]
        return self.answer(trajectories, context)

    def answer(self, trajectories: Tensor, context: BasinContext) -> Any:
        return Partition(np.arange(len(trajectories)), np.full((16, 16), 0.5))


@pytest.fixture
def context(resources: Resources) -> TaskContext:
    return TaskContext(0, resources)


COUNTED = Setting({"basins": "counted"})


def value(outcome: Outcome, metric: str, subset: str = "mean") -> float:
    found = outcome.samples.value(Column(metric=metric, subset=subset))
    assert found is not None
    return found.value


def stored_and_read(outcome: Outcome) -> BasinSamples:
    return BasinSamples.read(stored_table(outcome.samples))


def test_every_setting_shows_the_same_arrays_and_only_counted_the_number(context: TaskContext) -> None:
    first, second = Scripted(), Scripted()
    outcomes = [
        Small().evaluate(first, context),
        Small().evaluate(second, replace(context, setting=COUNTED)),
    ]
    for (one, uncounted), (other, counted) in zip(first.seen, second.seen, strict=True):
        assert one.shape == (16, 16, FRAMES, one.shape[3])
        assert one.dtype == torch.float32
        assert torch.equal(one, other)
        assert uncounted.count is None
        assert counted.count in (2, 3)
        assert uncounted.burn_in == 6
    arrays = [set(outcome.samples.table()["arrays"].to_pylist()) for outcome in outcomes]
    assert arrays[0] == arrays[1]
    assert len(arrays[0]) == 4


def test_methods_are_declined_where_they_lack_the_number_or_make_nothing_of_it() -> None:
    class Told(Scripted):
        needs = frozenset({"count"})

    class Counting(Scripted):
        uses = frozenset({"count"})

    task = Small()
    default = task.setting({})
    assert task.settings() == (default, COUNTED)
    assert [task.declines(Scripted, each) for each in task.settings()] == ["", "count would not be used"]
    assert [task.declines(Told, each) for each in task.settings()] == ["it gives no count; basins=counted does", ""]
    assert [task.declines(Counting, each) for each in task.settings()] == ["", ""]


def test_scores_are_those_of_the_table(context: TaskContext) -> None:
    outcome = Small().evaluate(Scripted(), context)
    scores = scores_of(Small(), outcome.samples)
    assert scores_of(Small(), stored_and_read(outcome)) == scores
    assert [score.column for score in scores] == list(Small().columns)
    assert [score.n for score in scores if score.metric == "ari"] == [4, 2, 2, 1, 1, 1, 1]
    assert value(outcome, "ari") == value(outcome, "exact") == 0  # all single: no better than chance
    assert value(outcome, "count_error", "linear-4/double-well") == 14
    assert value(outcome, "count_error", "linear-4/triple-well") == 13
    assert value(outcome, "count_error", "linear-4") == 13.5
    assert 0.2 < value(outcome, "risk_error") < 0.4
    assert value(outcome, "simulator_steps", "linear-4/double-well") == 16 * 16 * 24 * 50
    assert "double-well 0.0 %" in outcome.facts["ambiguous pairs"]


def test_a_failure_counts_as_nothing_found_and_the_others_go_on(context: TaskContext) -> None:
    class Picky(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> list[int]:
            if trajectories.shape[3] == 6:
                raise RuntimeError("six dimensions are too many")
            return [0] * 16

    outcome = Small().evaluate(Picky(), context)
    assert value(outcome, "ari", "signflip-6") == 0
    assert value(outcome, "count_error", "signflip-6/double-well") == 2
    assert value(outcome, "count_error", "linear-4/double-well") == 1
    scores = scores_of(Small(), outcome.samples)
    assert not [score for score in scores if score.metric == "risk_error"]
    expected = "2 of 4, first signflip-6/double-well: RuntimeError: six dimensions are too many"
    assert outcome.facts["failures"] == expected
    assert scores_of(Small(), stored_and_read(outcome)) == scores


def test_a_file_of_the_version_before_is_read(context: TaskContext) -> None:
    """It has the same columns, and nothing in its metadata."""
    outcome = Small().evaluate(Scripted(), context)
    table = outcome.samples.table()
    assert table.schema.metadata is None
    assert {name: str(table.schema.field(name).type) for name in table.column_names} == {
        "subset": "string",
        "representative": "int32",
        "start": "list<item: double>",
        "label": "int64",
        "found": "int64",
        "exact_risk": "list<item: double>",
        "risk": "list<item: double>",
        "steps": "int64",
        "seconds": "double",
        "arrays": "string",
        "error": "string",
    }
    assert scores_of(Small(), BasinSamples.read(table)) == scores_of(Small(), outcome.samples)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("no memory"),
        OSError(errno.ENOSPC, "No space left on device"),
        torch.cuda.OutOfMemoryError("CUDA out of memory"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_of_the_machine_is_no_score(error: Exception, context: TaskContext) -> None:
    class Starved(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> list[int]:
            if trajectories.shape[3] == 6:
                raise error
            return [0] * 16

    with pytest.raises(type(error)) as raised:
        Small().evaluate(Starved(), context)
    assert raised.value is error
    with pytest.raises(type(error)):
        Small().tune(Starved, {}, {}, context)


@pytest.mark.parametrize("error", [ValueError, RuntimeError, AssertionError, KeyError, np.linalg.LinAlgError])
def test_every_other_failure_is_nothing_found(error: type[Exception], context: TaskContext) -> None:
    class Failing(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> list[int]:
            if trajectories.shape[3] == 6:
                raise error("six")
            return [0] * 16

    outcome = Small().evaluate(Failing(), context)
    assert value(outcome, "ari", "signflip-6") == 0
    assert error.__name__ in outcome.facts["failures"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([0] * 15, r"partition returned an array \[15\] of int64; its contract wants a Partition, or labels: 16 int"),
        (None, "partition returned None; its contract wants a Partition"),
        ("words", "partition returned an array .* of <U5"),
        ([0.5] * 16, r"partition returned an array \[16\] of float64"),
        (
            Partition([0] * 16, np.zeros((4, 4))),
            r"partition, as the risk, returned a tensor \[4, 4\] of float64; .* \[16, 16\] of",
        ),
        (
            Partition([0] * 16, np.ones((16, 16)) * 1j),
            r"partition, as the risk, returned a tensor \[16, 16\] of complex128",
        ),
        (
            Partition([0] * 16, np.full((16, 16), np.nan)),
            "partition, as the risk, returned 256 numbers that are not finite",
        ),
    ],
)
def test_an_answer_of_the_wrong_form_is_a_failure(answer: Any, message: str, context: TaskContext) -> None:
    class Wrong(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> Any:
            return answer

    with pytest.raises(
        ValueError, match=rf"scripted fails on all problems\. The first error is: WrongReturn: {message}"
    ):
        Small().evaluate(Wrong(), context)


def test_further_trajectories_are_new_counted_and_limited(context: TaskContext) -> None:
    class Curious(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> list[int]:
            before = context.simulator.steps_left
            self.more = context.simulator.simulate([3, 0], 2), context.simulator.simulate([3], 1)
            assert context.simulator.steps_left == before - 5 * 24 * 50 or trajectories.shape[3] != 4
            return [0] * 16

    method = Curious()
    outcome = Small().evaluate(method, context)
    assert value(outcome, "simulator_steps", "linear-4/double-well") == (16 * 16 + 5) * 24 * 50
    first, second = method.more
    assert first.shape == (2, 2, FRAMES, 6)
    given = method.seen[-1][0]
    known = torch.cat([given[3], first[0], second[0]])
    assert len(torch.unique(known[:, 0], dim=0)) == 19  # no trajectory comes twice


def test_a_task_may_give_fewer_trajectories(context: TaskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the first of all; the others can be asked for, at their price."""

    class Asking(Scripted):
        def answer(self, trajectories: Tensor, context: BasinContext) -> list[int]:
            self.more = context.simulator.simulate(range(16), 14)
            return [0] * 16

    every = Scripted()
    Small().evaluate(every, context)
    monkeypatch.setattr(Small, "trajectories", 2)
    asking = Asking()
    outcome = Small().evaluate(asking, context)
    assert torch.equal(torch.cat([asking.seen[-1][0], asking.more], dim=1), every.seen[-1][0])
    assert value(outcome, "simulator_steps", "linear-4/double-well") == 16 * 16 * 24 * 50


def test_the_simulator_continues_the_numbering_and_refuses_more_than_the_budget(resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["double-well"], 0)[0], Embedding("linear", 4))
    simulator = MeteredSimulator(problem, resources)
    both = simulator.simulate([5], 3)
    again = MeteredSimulator(problem, resources)
    assert torch.equal(torch.cat([again.simulate([5], 1), again.simulate([5], 2)], dim=1), both)
    with pytest.raises(ValueError, match=r"integrator steps\. Only [\d,]+ are left"):
        simulator.simulate(range(16), 16 * BUDGET)
    for wrong, count in (([16], 1), ([1, 1], 1), ([0], 0)):
        with pytest.raises(ValueError, match=r"give different representatives in 0\.\.15 and a count of 1 or more"):
            simulator.simulate(wrong, count)


def test_tuning_chooses_on_the_development_systems_alone(context: TaskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Small, "systems", ("no-such-system",))
    found = Small().tune(Random, {}, {"groups": [1, 4]}, context)
    assert found.measured == "mean ARI on prinz"
    assert [trial.parameters for trial in found.trials] == [{"groups": 1}, {"groups": 4}]
    assert found.value == max(trial.value for trial in found.trials if trial.value is not None)
    assert found.trials[0].value == 0  # one group
    monkeypatch.setattr(Small, "development", ())
    with pytest.raises(SuiteError, match="basins/small has no development systems"):
        Small().tune(OneBasin, {}, {}, context)


def test_latent_data_are_fingerprinted_and_the_same_when_made_again(resources: Resources, tmp_path: object) -> None:
    latent = Latent(latents(["double-well"], 7)[0].system, 7)
    made, again = latent.compute(), latent.compute()
    assert all(torch.equal(made[name], again[name]) for name in made)
    fingerprint = latent.fingerprint(resources)
    assert latent.known_fingerprint(resources) == fingerprint
    assert latents(["double-well"], 8)[0].fingerprint(resources) != fingerprint
    assert latents(["double-well"], 8)[0].lineage(resources) == latent.lineage(resources)
    assert latents(["prinz"], 7)[0].lineage(resources) != latent.lineage(resources)
    assert float(made["ambiguous"]) < 0.05


def test_unknown_data_are_not_missing(resources: Resources) -> None:
    """What is simulated can always be made: it is due, not missing."""
    try:
        assert latents(["double-well"], 12345)[0].known_fingerprint(resources) is None
    except Missing:
        pytest.fail("simulated data are never missing")
