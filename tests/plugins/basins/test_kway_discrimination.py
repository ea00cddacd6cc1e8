"""K-way discrimination: risks by hand, recovery in many dimensions, one basin, determinism."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Resources
from suite.plugins.basins.kway_discrimination import KWayDiscrimination, pairwise_risk
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.metrics import is_exact, risk_error
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator
from suite.tracks.basins.protocol import latents

from . import rings

CONTEXT = replace(rings.context(), burn_in=6)


def test_risks_by_hand() -> None:
    """Class 0's states are always seen, class 1's half of the time, class 2 says the same of all."""
    logits = torch.zeros(3, 1, 2, 3)
    logits[0, 0, :] = torch.tensor([2.0, 1.0, 2.0])
    logits[1, 0, 0] = torch.tensor([2.0, 1.0, 0.0])
    logits[1, 0, 1] = torch.tensor([1.0, 2.0, 0.0])
    risk = pairwise_risk(logits)
    assert risk[0, 1] == pytest.approx((0.0 + 0.5) / 2)
    assert risk[0, 2] == pytest.approx(0.5)
    assert risk[1, 2] == pytest.approx((0.0 + 0.5) / 2)
    assert torch.equal(risk, risk.T)
    assert torch.equal(risk.diagonal(), torch.full((3,), 0.5).double())


@pytest.mark.parametrize("kind", ["linear", "linear+slow", "warp", "signflip"])
def test_basins_are_found_in_two_hundred_dimensions(kind: Any, resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["quadruple-well"], 4)[0], Embedding(kind, 200))
    arrays, seen = problem.latent.arrays(resources), problem.trajectories(resources)
    answer = KWayDiscrimination().partition(seen, CONTEXT)
    assert is_exact(arrays["labels"], answer.labels)
    assert answer.risk is not None
    assert risk_error(arrays["risk"], answer.risk) < 0.12
    again = KWayDiscrimination().partition(seen, CONTEXT)
    assert np.array_equal(np.asarray(again.risk), np.asarray(answer.risk))


def test_one_basin_is_one_basin(resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["double-well"], 3)[0], Embedding("linear", 50))
    labels = problem.latent.arrays(resources)["labels"]
    answer = KWayDiscrimination().partition(problem.trajectories(resources)[labels == 0], CONTEXT)
    assert set(np.asarray(answer.labels)) == {0}


def test_the_known_number_is_kept_to(resources: Resources) -> None:
    seen = EmbeddedProblem(latents(["double-well"], 3)[0], Embedding("linear", 10)).trajectories(resources)
    for count in (1, 2, 5):
        labels = KWayDiscrimination().partition(seen, replace(CONTEXT, count=count)).labels
        assert len(set(np.asarray(labels))) == count


def test_further_trajectories_are_asked_for(resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["quadruple-well"], 3)[0], Embedding("signflip", 200, 0.5), given=2)
    labels, seen = problem.latent.arrays(resources)["labels"], problem.trajectories(resources)
    simulator = MeteredSimulator(problem, resources)
    context = replace(CONTEXT, simulator=simulator)
    assert not is_exact(labels, KWayDiscrimination(folds=2).partition(seen, context).labels)
    assert is_exact(labels, KWayDiscrimination(further=14).partition(seen, context).labels)
    assert simulator.steps == 16 * 16 * problem.steps


def test_any_numbers_of_trajectories_and_constant_coordinates_will_do(resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["double-well"], 3)[0], Embedding("linear", 10))
    seen = torch.cat([problem.trajectories(resources)[:, :7], torch.zeros(16, 7, 24, 2)], dim=3)
    answer = KWayDiscrimination().partition(seen, CONTEXT)
    assert is_exact(problem.latent.arrays(resources)["labels"], answer.labels)
