"""Problems of processes: the protocol of the systems, other dynamics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Column, Resources, TaskContext
from suite.plugins.basins.one_basin import OneBasin
from suite.plugins.basins.random import Random
from suite.plugins.basins.trajectory_mean_ward import TrajectoryMeanWard
from suite.tracks.basins import processes
from suite.tracks.basins.dynamics.chain import Chain
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.dynamics.graphs import loops
from suite.tracks.basins.problem import MeteredSimulator
from suite.tracks.basins.processes import ProcessLatent, ProcessProblem, ProcessTask


class Small(ProcessTask):
    """Two chains through two embeddings."""

    id, version, tier, title, summary = "basins/small-processes", "1", "embedded", "Small", "Four problems."
    seeds = (0, 1)
    systems = ("reducible-loops", "communities")
    embeddings = (Embedding("linear", 8), Embedding("signflip", 12))
    development = ("leaking-loops",)


def test_problems_are_the_protocols_and_scored_against_the_exact_truth(resources: Resources) -> None:
    outcome = Small().evaluate(OneBasin(), TaskContext(0, resources))
    samples: Any = outcome.samples
    assert list(samples.problems) == [
        f"{embedding}/{system}" for embedding in ("linear-8", "signflip-12") for system in Small.systems
    ]
    error = outcome.samples.value(Column(metric="count_error", subset="linear-8/communities"))
    assert error is not None
    assert error.value == 4
    assert "reducible-loops 0.0 %" in outcome.facts["ambiguous pairs"]
    assert all(0 <= risk <= 0.5 for row in samples.exact_risk for risk in row)


def test_representatives_of_a_closed_set_share_a_basin_whatever_the_seed(resources: Resources) -> None:
    for seed in (0, 1):
        arrays = ProcessLatent("reducible-loops", seed).arrays(resources)
        loop = arrays["starts"][:, 0].long() // 9
        for first in range(16):
            assert torch.equal(arrays["labels"] == arrays["labels"][first], loop == loop[first])
    assert not torch.equal(arrays["starts"], ProcessLatent("reducible-loops", 0).arrays(resources)["starts"])


def test_further_trajectories_are_new_and_the_same_however_asked_for(resources: Resources) -> None:
    problem = ProcessProblem(ProcessLatent("communities", 0), Embedding("linear", 8))
    simulator, again = MeteredSimulator(problem, resources), MeteredSimulator(problem, resources)
    both = simulator.simulate([5], 3)
    assert torch.equal(torch.cat([again.simulate([5], 1), again.simulate([5], 2)], dim=1), both)
    known = torch.cat([problem.trajectories(resources)[5], both[0]])
    assert len(torch.unique(known[:, 0], dim=0)) == 19
    assert simulator.steps == (16 * 16 + 3) * 24


def test_tuning_takes_the_development_processes(resources: Resources) -> None:
    fixed: Mapping[str, Any] = {}
    grid: Mapping[str, Sequence[Any]] = {"groups": [1, 4]}
    found = Small().tune(Random, fixed, grid, TaskContext(0, resources))
    assert found.measured == "mean ARI on leaking-loops"
    assert len(found.trials) == 2


def test_loops_have_one_mean_and_ward_finds_nothing(resources: Resources) -> None:
    outcome = Small().evaluate(TrajectoryMeanWard(), TaskContext(0, resources))
    ari = outcome.samples.value(Column(metric="ari", subset="linear-8/reducible-loops"))
    assert ari is not None
    assert abs(ari.value) < 0.3


def test_a_process_whose_pairs_stay_ambiguous_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = loops("slow", ((0, 1), (1, 2)), 6, rate=4.0, leak=0.02, interval=1.0)
    assert isinstance(slow, Chain)
    law = slow.laws(np.array(slow.sites, dtype=np.float32), 24, 6)
    assert 0.25 < 0.5 * np.abs(law[0] - law[1]).sum() < 0.75
    monkeypatch.setattr(processes, "process", lambda name: slow)
    with pytest.raises(ValueError, match=r"slow: \d+ % of pairs are ambiguous\. Change the horizon"):
        ProcessLatent("slow", 0).compute()
