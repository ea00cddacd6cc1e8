"""The horizon's sweep: the nominal basins, the exact risk of each horizon, splits and merges in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Card, Column, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.plugins.basins.one_basin import OneBasin
from suite.run.scoring import scores_of
from suite.tracks.basins import BasinContext, BasinDetector
from suite.tracks.basins.horizon import HorizonSamples, HorizonTask, Stretched
from suite.tracks.basins.metrics import false_merges, false_splits
from suite.tracks.basins.protocol import latents

LABELS = st.lists(st.integers(0, 3), min_size=2, max_size=12)


class Small(HorizonTask):
    """One system that is slow across, at two horizons."""

    id, version, tier, title, summary = "basins/small-horizon", "1", "standard", "Small", "Two problems."
    seeds = (0,)
    systems = ("wide-double-well",)
    factors = (0.03, 1.0)


class EachByItself(BasinDetector):
    """No two representatives share a basin."""

    name, version = "each-by-itself", "1"
    card = Card(title="Each by itself", status="baseline")

    def partition(self, trajectories: torch.Tensor, context: BasinContext) -> Sequence[int]:
        return range(len(trajectories))


def value(samples: Any, metric: str, subset: str) -> float:
    found = samples.value(Column(metric=metric, subset=subset))
    assert found is not None
    return float(found.value)


@given(LABELS, st.randoms())
def test_splits_and_merges_are_counted_in_pairs(true: list[int], random: Any) -> None:
    found = [random.randint(0, 2) for _ in true]
    pairs = [(i, j) for i in range(len(true)) for j in range(i)]
    together = [(found[i] != found[j]) for i, j in pairs if true[i] == true[j]]
    apart = [(found[i] == found[j]) for i, j in pairs if true[i] != true[j]]
    assert false_splits(true, found) == pytest.approx(np.mean(together) if together else 0)
    assert false_merges(true, found) == pytest.approx(np.mean(apart) if apart else 0)
    assert false_splits(true, true) == false_merges(true, true) == 0


def test_a_short_horizon_splits_what_the_systems_own_does_not(resources: Resources) -> None:
    samples: Any = Small().evaluate(EachByItself(), TaskContext(0, resources)).samples
    assert value(samples, "exact_false_splits", "x0.03") > 0.2
    assert value(samples, "exact_false_splits", "x1") == value(samples, "exact_false_merges", "x1") == 0
    assert value(samples, "false_splits", "mean") == 1
    assert value(samples, "false_merges", "mean") == 0
    merged: Any = Small().evaluate(OneBasin(), TaskContext(0, resources)).samples
    assert value(merged, "false_merges", "x1/wide-double-well") == 1
    assert value(merged, "false_splits", "mean") == 0
    assert value(merged, "exact_false_splits", "mean") == value(samples, "exact_false_splits", "mean")
    assert scores_of(Small(), HorizonSamples.read(stored_table(samples))) == scores_of(Small(), samples)


def test_representatives_and_basins_are_those_of_the_own_horizon(resources: Resources) -> None:
    nominal = latents(["wide-double-well"], 0)[0]
    short, own = (latent for latent in Small().requires(0) if isinstance(latent, Stretched))
    for latent in (short, own):
        arrays = latent.arrays(resources)
        for name in ("starts", "labels"):
            assert torch.equal(arrays[name], nominal.arrays(resources)[name])
    assert torch.allclose(own.arrays(resources)["risk"], nominal.arrays(resources)["risk"])
    near = [
        latent.arrays(resources)["trajectories"] - nominal.arrays(resources)["starts"][:, None, None]
        for latent in (short, own)
    ]
    assert near[0].square().mean() < 0.2 * near[1].square().mean()
    assert len({latent.fingerprint(resources) for latent in (short, own)}) == 2
    assert short.lineage(resources) != own.lineage(resources) != nominal.lineage(resources)


def test_the_sweep_is_drawn_and_each_problem_as_elsewhere(resources: Resources) -> None:
    samples = Small().evaluate(OneBasin(), TaskContext(0, resources)).samples
    (sweep,) = samples.pictures("mean")
    rows = sweep.spec["data"]["values"]
    assert {(row["horizon"], row["error"], row["by"]) for row in rows} == {
        (horizon, error, by)
        for horizon in (0.03, 1.0)
        for error in ("split", "merged")
        for by in ("method", "exact risk")
    }
    assert len(samples.pictures("x1/wide-double-well")) == 2  # no risk was estimated
    assert samples.pictures("x1") == ()


def test_a_failure_has_split_all_and_merged_all(resources: Resources) -> None:
    class FailsAtFirst(EachByItself):
        asked = 0

        def partition(self, trajectories: torch.Tensor, context: BasinContext) -> Sequence[int]:
            self.asked += 1
            if self.asked == 1:
                raise ValueError("too short")
            return super().partition(trajectories, context)

    samples = Small().evaluate(FailsAtFirst(), TaskContext(0, resources)).samples
    for name in ("false_splits", "false_merges"):
        value = samples.value(Column(metric=name, subset="x0.03"))
        assert value is not None
        assert value.value == 1
