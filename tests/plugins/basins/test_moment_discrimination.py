"""Discrimination by moments: what the K-way form cannot see, one basin, orders that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from suite.contracts import Resources
from suite.plugins.basins.kway_discrimination import KWayDiscrimination
from suite.plugins.basins.moment_discrimination import MomentDiscrimination
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.metrics import adjusted_rand_index
from suite.tracks.basins.processes import ProcessLatent, ProcessProblem

from . import rings

CONTEXT = replace(rings.context(), burn_in=6)


@pytest.mark.slow
def test_it_sees_third_moments_where_first_and_second_coincide(resources: Resources) -> None:
    """A development process, and not one of those that are scored."""
    problem = ProcessProblem(ProcessLatent("leaking-tetrahedra", 0), Embedding("linear", 50))
    truth, seen = problem.latent.arrays(resources)["labels"], problem.trajectories(resources)
    assert adjusted_rand_index(truth, MomentDiscrimination().partition(seen, CONTEXT).labels) == 1
    assert adjusted_rand_index(truth, KWayDiscrimination().partition(seen, CONTEXT).labels) < 0.1


def test_representatives_of_one_basin_stay_together(resources: Resources) -> None:
    problem = ProcessProblem(ProcessLatent("reducible-communities", 0), Embedding("linear", 30))
    labels, seen = problem.latent.arrays(resources)["labels"], problem.trajectories(resources)
    answer = MomentDiscrimination().partition(seen[labels == 0], CONTEXT)
    assert len(set(map(int, answer.labels))) == 1


def test_the_first_order_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected orders of at least 2, got \(1, 2\)"):
        MomentDiscrimination(orders=(1, 2)).partition(None, CONTEXT)  # type: ignore[arg-type] # not looked at
