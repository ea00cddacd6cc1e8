"""replay/hopfield: its memories, and what selectors score there."""

from __future__ import annotations

import pytest

from suite.benchmarks.replay.hopfield import HopfieldTask
from suite.contracts import Resources, TaskContext
from suite.plugins.replay.hopfield_energy import HopfieldEnergy
from suite.plugins.replay.hopfield_energy_bottom import HopfieldEnergyBottom
from suite.plugins.replay.joint import Joint
from suite.plugins.replay.no_replay import NoReplay
from suite.run.scoring import scores_of


def test_subsets_are_those_of_the_memories() -> None:
    found = ["mean"]
    for memory in HopfieldTask.memories:
        found += [memory.name, *(f"{memory.name}/{group}" for group in dict.fromkeys(memory.groups))]
    assert tuple(found) == HopfieldTask.subsets


def test_high_energies_are_the_isolated_patterns(resources: Resources) -> None:
    task = HopfieldTask()
    gains = {}
    for method in (HopfieldEnergy, HopfieldEnergyBottom, NoReplay, Joint):
        outcome = task.evaluate(method(), TaskContext(0, resources))
        gains[method.name] = {
            s.subset: s.value for s in scores_of(task, outcome.samples) if s.metric == "net_replay_gain"
        }
    top, bottom = gains["hopfield-energy"], gains["hopfield-energy-bottom"]
    assert top["mean"] > bottom["mean"] > gains["no-replay"]["mean"] == pytest.approx(0, abs=1e-12)
    assert top["mixed/isolated"] == pytest.approx(gains["joint"]["mixed/isolated"], rel=0.01)  # all six are replayed
    assert bottom["mixed/isolated"] < 1
    assert top["mixed/cluster-12"] < 1 < bottom["mixed/cluster-12"]
