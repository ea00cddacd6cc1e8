"""basins/alanine-dipeptide on a small scale: what a detector sees, what it may ask for, and how it is scored."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from suite import Card, TaskContext
from suite.benchmarks.basins.alanine_dipeptide import AlanineDipeptideTask, _molecule
from suite.benchmarks.basins.alanine_dipeptide import _recipe as recipe
from suite.benchmarks.basins.alanine_dipeptide._molecule import AlanineDipeptide, Molecule
from suite.contracts import Resources
from suite.errors import SuiteError
from suite.run.scoring import scores_of
from suite.tracks.basins import BasinContext, BasinDetector
from suite.tracks.basins.problem import MeteredSimulator
from suite.tracks.basins.samples import BasinSamples


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four representatives with four trajectories each, made within seconds."""
    pytest.importorskip("openmm", reason="pip install 'basin-suite[molecules]'")
    monkeypatch.setattr(_molecule, "REPRESENTATIVES", 4)
    monkeypatch.setattr(_molecule, "TRAJECTORIES", 4)
    monkeypatch.setattr(Molecule, "given", 4)
    monkeypatch.setattr(recipe, "EXPLORED", 40)


class Asking(BasinDetector):
    """Labels by the distance that says most, and asks for two more trajectories."""

    name = "asking"
    version = "1"
    card = Card(title="Asking", status="baseline")
    seen: list[tuple[tuple[int, ...], tuple[int, ...]]]

    def partition(self, trajectories: Any, context: BasinContext) -> list[int]:
        from scipy.cluster.hierarchy import fcluster, ward

        further = context.simulator.simulate([1, 3], 2)
        self.seen = [*getattr(self, "seen", []), (tuple(trajectories.shape), tuple(further.shape))]
        means = trajectories[:, :, context.burn_in :].mean(dim=(1, 2)).numpy()
        return [int(label) for label in fcluster(ward(means), 3.0, "distance")]


@pytest.mark.usefixtures("small")
@pytest.mark.slow
def test_it_is_asked_by_distances_and_by_coordinates_and_scored(resources: Resources) -> None:
    task, method = AlanineDipeptideTask(), Asking()
    context = TaskContext(seed=0, resources=resources)
    outcome = task.evaluate(method, context)
    assert method.seen == [((4, 4, 24, 45), (2, 2, 24, 45)), ((4, 4, 24, 30), (2, 2, 24, 30))]
    scores = scores_of(task, outcome.samples)
    found = {(score.metric, score.subset): score.value for score in scores}
    assert found["ari", "distances/alanine-dipeptide"] == 1
    assert found["ari", "coordinates/alanine-dipeptide"] == 1
    per_trajectory = 12 / 0.004
    assert found["simulator_steps", "mean"] == (4 * 4 + 4) * per_trajectory
    assert {score.subset for score in scores} == set(task.subsets)
    assert outcome.facts["ambiguous pairs"] == "alanine-dipeptide 0.0 %"
    assert scores_of(task, BasinSamples.read(outcome.samples.table())) == scores


@pytest.mark.usefixtures("small")
@pytest.mark.slow
def test_further_trajectories_are_new_and_seen_in_the_same_way(resources: Resources) -> None:
    for features in ("distances", "coordinates"):
        molecule = Molecule(AlanineDipeptide(0), features)
        given = molecule.trajectories(resources).numpy()
        again = molecule.further(2, 2, 3, resources).numpy()
        np.testing.assert_array_equal(again[0, :2], given[2, 2:])
        assert np.abs(again[0, 2] - given[2]).max(axis=(1, 2)).min() > 0.1  # angstroms
        metered = MeteredSimulator(molecule, resources)
        np.testing.assert_array_equal(metered.simulate([2], 1)[0, 0].numpy(), again[0, 2])
        assert 0.05 < given[:, :, 6:].std(axis=(1, 2)).max() < 3


def test_without_openmm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, resources: Resources) -> None:
    monkeypatch.setitem(sys.modules, "openmm", None)
    with pytest.raises(SuiteError, match="the package openmm is not installed") as error:
        AlanineDipeptide(0).known_fingerprint(resources)
    assert error.value.next == "pip install 'basin-suite[molecules]'"
