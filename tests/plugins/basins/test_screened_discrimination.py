"""Screened discrimination: what either of its forerunners misses, and nothing where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from suite.contracts import Resources
from suite.plugins.basins.moment_discrimination import MomentDiscrimination
from suite.plugins.basins.screened_discrimination import ScreenedDiscrimination
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.metrics import adjusted_rand_index
from suite.tracks.basins.processes import ProcessLatent, ProcessProblem

from . import rings

CONTEXT = replace(rings.context(), burn_in=6)


@pytest.mark.slow
def test_it_finds_fast_jumps_among_slow_noise(resources: Resources) -> None:
    """A development process, and not one of those that are scored. Others look for what remembers more than noise."""
    problem = ProcessProblem(ProcessLatent("leaking-loops", 0), Embedding("linear+slow", 200))
    truth, seen = problem.latent.arrays(resources)["labels"], problem.trajectories(resources)
    assert adjusted_rand_index(truth, ScreenedDiscrimination().partition(seen, CONTEXT).labels) == 1
    assert adjusted_rand_index(truth, MomentDiscrimination().partition(seen, CONTEXT).labels) < 0.1


def test_without_a_basin_of_its_own_nothing_is_told_apart() -> None:
    """Of noise no direction stands out, and then no network finds a difference either."""
    lines: list[str] = []
    noise = torch.randn(6, 8, 24, 100, generator=torch.Generator().manual_seed(0))
    answer = ScreenedDiscrimination().partition(noise, replace(CONTEXT, log=lines.append))
    assert set(map(int, answer.labels)) == {0}
    assert answer.risk is not None
    assert abs(answer.risk - 0.5).max() < 0.15
    assert lines[0].startswith("variance and memory [0, 0, 0]")


def test_all_is_kept_of_few_dimensions() -> None:
    """Two coordinates make no spectrum that one of them could stand out from."""
    lines: list[str] = []
    states = torch.randn(4, 8, 24, 2, generator=torch.Generator().manual_seed(0))
    states[2:, ..., 0] += 6
    answer = ScreenedDiscrimination().partition(states, replace(CONTEXT, log=lines.append))
    assert adjusted_rand_index([0, 0, 1, 1], answer.labels) == 1
    assert lines[0].startswith("variance and memory [2, 2, 2]")
