"""Pairwise discrimination: the regression on concentric rings (short form), and recovery on problems of the track."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Resources
from suite.plugins.basins.trajectory_discrimination import CARD, TrajectoryDiscrimination
from suite.tracks.basins import Partition
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.metrics import adjusted_rand_index, is_exact, risk_error
from suite.tracks.basins.problem import EmbeddedProblem
from suite.tracks.basins.protocol import latents

from . import rings

RAW: dict[str, Any] = {"inputs": "raw", "hidden": 64, "epochs": 15, "batch_size": 256, "learning_rate": 3e-3}


@cache
def on_rings(horizon: float, leaky: bool = False) -> Partition:
    seen = rings.observed(rings.latent(horizon, draw=3), dimension=50)
    return TrajectoryDiscrimination(**RAW).partition(rings.leaky(seen) if leaky else seen, rings.context())


def risks(answer: Partition) -> np.ndarray:
    assert answer.risk is not None
    return np.asarray(answer.risk)


def test_a_long_horizon_shows_both_rings() -> None:
    answer = on_rings(80)
    same, different = rings.same_and_different(risks(answer))
    assert same.min() >= 0.42
    assert different.max() <= 0.10
    assert is_exact(rings.TRUE, answer.labels)


@pytest.mark.slow
def test_a_short_horizon_splits_the_outer_ring() -> None:
    answer = on_rings(4)
    outer = risks(answer)[4:, 4:][np.triu_indices(4, 1)]
    assert outer.min() < 0.25
    assert len(set(np.asarray(answer.labels)[4:])) > 1


@pytest.mark.slow
def test_holding_out_states_instead_of_trajectories_biases_the_risk_down() -> None:
    honest, leaky = (rings.same_and_different(risks(on_rings(4, leaky)))[0].mean() for leaky in (False, True))
    assert leaky < honest


def test_the_same_candidate_twice_cannot_be_told_apart() -> None:
    """Rows 0 and 1 are two sets of trajectories of one candidate."""
    states = rings.latent(20, draw=3, trajectories=24)[[0, 5]]
    seen = rings.observed(torch.cat([states[:, :12], states[:, 12:]])[[0, 2, 1, 3]], dimension=50)
    risk = risks(TrajectoryDiscrimination(**RAW).partition(seen, rings.context()))
    assert risk[0, 1] == pytest.approx(0.5, abs=0.1)
    assert risk[2, 3] == pytest.approx(0.5, abs=0.1)
    assert risk[0, 2] < 0.2


@pytest.mark.parametrize("kind", ["linear", "signflip"])
def test_basins_are_found_in_fifty_dimensions(kind: Any, resources: Resources) -> None:
    problem = EmbeddedProblem(latents(["ring-of-wells"], 3)[0], Embedding(kind, 50))
    arrays, seen = problem.latent.arrays(resources), problem.trajectories(resources)
    context = rings.context()
    answer = TrajectoryDiscrimination().partition(seen, context)
    assert adjusted_rand_index(arrays["labels"], answer.labels) == 1
    assert risk_error(arrays["risk"], risks(answer)) < 0.1
    again = TrajectoryDiscrimination().partition(seen, context)
    assert np.array_equal(risks(again), risks(answer))


def test_a_known_number_of_basins_is_kept_to(resources: Resources) -> None:
    seen = EmbeddedProblem(latents(["double-well"], 3)[0], Embedding("linear", 10)).trajectories(resources)[:6]
    for count in (1, 3, 6):
        context = rings.context()
        object.__setattr__(context, "count", count)
        assert len(set(np.asarray(TrajectoryDiscrimination().partition(seen, context).labels))) == count


def test_fewer_trajectories_than_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="3 folds need as many trajectories of each representative, there are 2"):
        TrajectoryDiscrimination().partition(torch.zeros(4, 2, 30, 5), rings.context())


def test_docstring_and_card_say_that_it_is_a_reconstruction() -> None:
    statement = (
        "Reconstruction: the authors' formula was not available. Pairwise trajectory-discrimination merging after "
        "Jones-McCormick."
    )
    assert CARD.status == "reconstruction"
    assert CARD.note == statement
    assert statement in " ".join((TrajectoryDiscrimination.__doc__ or "").split())
