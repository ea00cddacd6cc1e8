"""Candidates: what is proposed is simulated, judged by the exact risk, and what goes wrong is a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.contracts import Card, Column, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.plugins.basins.cluster_candidates import ClusterCandidates
from suite.plugins.basins.kway_discrimination import KWayDiscrimination
from suite.plugins.basins.random_candidates import RandomCandidates
from suite.run.scoring import scores_of
from suite.tracks.basins import BasinContext, Partition, Proposer
from suite.tracks.basins.border import BORDER
from suite.tracks.basins.candidates import EXPLORERS, LENGTH, CandidateSamples, CandidatesTask
from suite.tracks.basins.dynamics.embedding import Embedding

from ...support.apart import pairs

STEPS = 50  # between two frames of the double well


class Small(CandidatesTask):
    """One system of two basins."""

    id, version, tier, title, summary = "basins/small-candidates", "1", "standard", "Small", "One problem."
    seeds = (0,)
    systems = ("double-well",)
    embeddings = (Embedding("linear", 4),)
    development = ("double-well",)
    most = 4


class Scripted(Proposer):
    """Proposes by a script, and says which trajectories' means lie right of the middle."""

    name, version = "scripted", "1"
    card = Card(title="Scripted", status="baseline")
    script: Callable[[Tensor, BasinContext], Sequence[tuple[int, int]]]
    seen: Tensor

    def propose(self, exploration: Tensor, most: int, context: BasinContext) -> Sequence[tuple[int, int]]:
        return self.script(exploration, context)

    def partition(self, trajectories: Tensor, context: BasinContext) -> Partition:
        self.seen = trajectories
        context.simulator.simulate([0], 1)
        leading = trajectories.flatten(0, 2)
        axis = torch.linalg.svd(leading - leading.mean(dim=0), full_matrices=False)[2][0]
        return Partition((trajectories.mean(dim=(1, 2)) @ axis > leading.mean(dim=0) @ axis).long())


def evaluated(resources: Resources, script: Any) -> tuple[Any, Scripted, Any]:
    method = Scripted()
    method.script = script
    outcome = Small().evaluate(method, TaskContext(0, resources))
    return outcome.samples, method, outcome


def value(samples: Any, metric: str) -> float:
    found = samples.value(Column(metric=metric, subset="mean"))
    assert found is not None
    return float(found.value)


def sides(resources: Resources) -> Tensor:
    (explored,) = Small().requires(0)
    return explored.arrays(resources)["states"][..., 0]


def test_proposals_are_started_and_judged_by_the_basin_of_their_state(resources: Resources) -> None:
    hot = sides(resources)
    assert hot.shape == (EXPLORERS, LENGTH)
    left, right = (tuple(map(int, place)) for place in ((hot < -0.7).nonzero()[0], (hot > 0.7).nonzero()[0]))
    samples, method, _ = evaluated(resources, lambda *_: [left, right])
    assert method.seen.shape == (2, 16, 24, 4)
    assert samples.start[0][0] == pytest.approx(float(hot[left]))
    assert samples.label[0] != samples.label[1]
    assert value(samples, "proposed_basins") == 1
    assert value(samples, "simulator_steps") == (EXPLORERS * LENGTH + (2 * 16 + 1) * 24) * STEPS
    assert scores_of(Small(), CandidateSamples.read(stored_table(samples))) == scores_of(Small(), samples)


def test_a_basin_without_a_proposal_is_lost(resources: Resources) -> None:
    left = [tuple(map(int, place)) for place in (sides(resources) < -0.7).nonzero()[:1]]
    samples, _, _ = evaluated(resources, lambda *_: left)
    assert value(samples, "proposed_basins") == 0.5
    assert value(samples, "recovered_basins") == 0.5
    assert value(samples, "ari") == 1


@pytest.mark.parametrize(
    "answer",
    [[], [(0, 0), (0, 0)], [(0, LENGTH)], [(-1, 0)], [(0, frame) for frame in range(5)]],
    ids=["none", "twice", "no such frame", "no such trajectory", "too many"],
)
def test_a_proposal_of_the_wrong_form_is_nothing_found(answer: list[tuple[int, int]], resources: Resources) -> None:
    with pytest.raises(ValueError, match=r"choose 1 to 4 different frames of 8 trajectories of 64\. Got"):
        evaluated(resources, lambda *_: answer)  # the only problem: a failure of all is one of the method


def test_nothing_can_be_simulated_before_it_is_proposed(resources: Resources) -> None:
    with pytest.raises(ValueError, match="there are no representatives yet"):
        evaluated(resources, lambda _, context: context.simulator.simulate([0], 1))


def test_only_what_proposes_is_asked(resources: Resources) -> None:
    assert Small().declines(KWayDiscrimination, Small().setting({})) == "it proposes no states to start from"
    assert Small().declines(RandomCandidates, Small().setting({})) == ""


@pytest.mark.slow
@pytest.mark.parametrize("method", [RandomCandidates, ClusterCandidates])
def test_built_in_proposals_are_distinct_the_seeds_own_and_recover_two_wells(
    method: type[Proposer], resources: Resources
) -> None:
    given: dict[str, Any] = {"epochs": 10}
    samples = Small().evaluate(method(**given), TaskContext(0, resources)).samples
    assert value(samples, "proposed_basins") == value(samples, "recovered_basins") == 1
    context = BasinContext(seed=0, count=None, burn_in=6, simulator=None)  # type: ignore[arg-type] # not asked
    exploration = torch.randn(3, 20, 6, generator=torch.Generator().manual_seed(0))
    first, again = (method().propose(exploration, 5, context) for _ in range(2))
    assert first == again
    assert 1 <= len(set(first)) == len(first) <= 5
    assert np.array(first).max(axis=0).tolist() <= [2, 19]


@pytest.mark.slow
def test_apart_from_the_judge_the_same_is_proposed_and_found(resources: Resources) -> None:
    makers = pairs(BORDER)
    apart = next(makers)
    context = TaskContext(0, resources)
    beside = Small().evaluate(RandomCandidates(epochs=3), context).samples
    there: Any = Small().evaluate(apart(RandomCandidates, epochs=3), context).samples
    assert there.start == beside.start  # type: ignore[attr-defined] # of candidates
    assert there.found == beside.found  # type: ignore[attr-defined]
    assert list(makers) == []
