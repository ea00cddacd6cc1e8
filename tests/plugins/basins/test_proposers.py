"""What built-in methods propose holds the contract; how they partition is checked on the method that both build on."""

from __future__ import annotations

import pytest

from suite.contracts import Resources
from suite.plugins.basins.cluster_candidates import ClusterCandidates
from suite.plugins.basins.random_candidates import RandomCandidates
from suite.testing import BasinDetectorContract
from suite.testing.basins import problem_case
from suite.tracks.basins import Proposer


@pytest.mark.parametrize("method", [ClusterCandidates, RandomCandidates], ids=lambda method: method.name)
def test_proposals_are_different_frames(method: type[Proposer], resources: Resources) -> None:
    checks = BasinDetectorContract()
    checks.test_proposals_are_different_frames_of_the_exploration(method, {}, problem_case(resources))
