"""The associative memory's protocol: exact numbers, what is declined, intervals, rescoring."""

from __future__ import annotations

import json

import pytest
import torch
from torch import Tensor

from suite import Card
from suite.contracts import Column, Outcome, Resources, Setting, TaskContext
from suite.contracts.samples import MEASURED, stored_table
from suite.run.scoring import scores_of
from suite.stats.sampled import estimate
from suite.tracks.replay import Bound, Exemplars, MemoryUpdate, ReplayContext, ReplaySelector, Unavailable
from suite.tracks.replay.associative.memory import Memory, rotations
from suite.tracks.replay.associative.protocol import AssociativeTask
from suite.tracks.replay.associative.samples import AssociativeSamples
from suite.tracks.replay.hopfield import fixed_points, forgetting, net_replay_gain, weights

CARD = Card(title="For tests", status="baseline")


class Task(AssociativeTask):
    id, version, tier, title, summary = "replay/for-tests", "1", "embedded", "For tests", "For tests."
    seeds = (0, 1)
    changes = 50

    memories = (Memory("m", clusters=(12,), isolated=1, capacity=1),)


class Outlier(ReplaySelector):
    """The last pattern, which is isolated."""

    name, version, card = "outlier", "1", CARD

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        assert candidates.inputs.shape == (13, 50)
        return torch.tensor([12])


class Nothing(Bound):
    """No replay."""

    name, version, card, regime = "nothing", "1", CARD, "no replay"


class Everything(Nothing):
    """All patterns."""

    regime = "joint"


def values(outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in scores_of(Task(), outcome.samples)}


def test_the_gain_is_the_closed_form(resources: Resources) -> None:
    task, context = Task(), TaskContext(0, resources)
    found = values(task.evaluate(Outlier(), context))
    (memory,) = task.memories
    old = memory.patterns()
    points = fixed_points(old, old, 8.0)
    generator = torch.Generator().manual_seed(int(context.rng("changes of m").integers(2**62)))
    turned = rotations(50, 50, task.turn, generator)
    rises = torch.stack([forgetting(points, old, old @ each.T, 8.0) for each in turned])
    gains = net_replay_gain(rises, weights(points, old, 8.0)[:, 12], 8.0)
    assert found["intrinsic_forgetting", "m"] == pytest.approx(1000 * rises.mean().item(), abs=1e-9)
    assert found["net_replay_gain", "m"] == pytest.approx(1000 * gains.mean().item(), abs=1e-9)
    assert found["net_replay_gain", "m/isolated"] == pytest.approx(1000 * gains[:, 12].mean().item(), abs=1e-9)
    assert found["energy_rise", "m"] == pytest.approx(1000 * (rises - gains).mean().item(), abs=1e-9)


def test_every_memory_and_group_is_a_subset() -> None:
    assert Task.subsets == ("mean", "m", "m/cluster-12", "m/isolated")


def test_bounds(resources: Resources) -> None:
    context = TaskContext(0, resources)
    none, one, everything = (values(Task().evaluate(method(), context)) for method in (Nothing, Outlier, Everything))
    assert none["net_replay_gain", "m"] == pytest.approx(0, abs=1e-12)
    assert none["energy_rise", "m"] > one["energy_rise", "m"] > everything["energy_rise", "m"]
    assert none["intrinsic_forgetting", "m"] == one["intrinsic_forgetting", "m"]
    assert one["buffer_bytes", "mean"] == 51 * 8


def test_changes_are_the_unit_of_intervals_and_seeds_differ(resources: Resources) -> None:
    task = Task()
    outcomes = [task.evaluate(Outlier(), TaskContext(seed, resources)) for seed in (0, 1)]
    assert values(outcomes[0])["energy_rise", "m"] != values(outcomes[1])["energy_rise", "m"]
    samples = outcomes[0].samples
    for score in scores_of(task, samples):
        if score.metric in ("energy_rise", "net_replay_gain"):
            influence = samples.influence(score.column)
            assert influence.basis == "normal approximation over changes of the memory"
            assert estimate(influence.strata) == pytest.approx(score.value, abs=1e-12)
            assert all(len(part) == 50 for part in influence.strata.values())
            assert score.interval.low < score.value < score.interval.high
    assert samples.influence(Column(metric="buffer_bytes", subset="mean")) is None


def test_a_stored_table_gives_the_scores_again(resources: Resources) -> None:
    task = Task()
    samples = task.evaluate(Outlier(), TaskContext(0, resources)).samples
    scores = scores_of(task, samples)
    assert {score.subset for score in scores} == set(task.subsets)
    assert {score.metric for score in scores} == {metric.name for metric in task.metrics}
    assert scores_of(task, AssociativeSamples.read(stored_table(samples))) == scores


def test_a_table_of_an_earlier_version_gives_them_too(resources: Resources) -> None:
    """It had what was measured under a key of its own."""
    samples = Task().evaluate(Outlier(), TaskContext(0, resources)).samples
    measured = {column.metric: (value.value, value.n) for column, value in samples.measured.items()}
    table = samples.table().replace_schema_metadata({b"basin-suite.replay": json.dumps(measured).encode()})
    assert MEASURED not in table.schema.metadata
    assert scores_of(Task(), AssociativeSamples.read(table)) == scores_of(Task(), samples)


def test_what_needs_a_network_or_a_stream_is_declined() -> None:
    class NeedsLogits(Outlier):
        needs = frozenset({"logits", "features"})

    class Online(MemoryUpdate):
        def update(self, batch: Exemplars, buffer: object, context: ReplayContext) -> Tensor: ...

    class Alone(Nothing):
        regime = "buffer alone"

    def declines(method: type, *partners: type) -> str:
        return Task().declines(method, Setting(), partners)

    assert declines(Outlier) == declines(Nothing) == declines(Everything) == ""
    assert declines(NeedsLogits) == "it gives no logits"
    assert declines(Online) == declines(Alone) == "it gives no stream"


def test_asking_for_logits_all_the_same_is_an_error_that_says_so(resources: Resources) -> None:
    class Sly(Outlier):
        def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
            return context.learner.logits(candidates).argmax(dim=1)

    with pytest.raises(Unavailable, match="an associative memory has no logits"):
        Task().evaluate(Sly(), TaskContext(0, resources))
