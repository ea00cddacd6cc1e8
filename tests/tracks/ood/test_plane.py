"""The plane of two principal components: what is in it, its border, and what is stored of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from suite.benchmarks.ood.digits_boundary import DigitsBoundaryTask
from suite.contracts import Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.plugins.ood.field_potential import FieldPotential
from suite.plugins.ood.odin import ODIN
from suite.run.evaluation import evaluate, prepare
from suite.tracks.ood.boundary import BoundarySamples
from suite.tracks.ood.plane import SHOWN, SIDE, Plane

RADIUS = 2.0


@pytest.fixture(scope="module")
def disc() -> Plane:
    """The level set is a circle about the mean of features that vary along two of five coordinates, and a little."""
    spread = torch.tensor([3.0, 0.01, 0.01, 2.0, 0.01])
    training = torch.randn(500, 5, generator=torch.Generator().manual_seed(0)) * spread + 7

    def score(features: torch.Tensor) -> torch.Tensor:
        return 10 - (features - training.mean(dim=0)).norm(dim=1)

    return Plane.of(score, training, {"id": training, "far/a": training[:30] + 1}, 10 - RADIUS)


def test_the_plane_is_that_of_the_most_variance(disc: Plane) -> None:
    assert disc.share == pytest.approx(1, abs=1e-3)
    assert disc.places[:SHOWN].std(axis=0) == pytest.approx([3, 2], rel=0.15)
    assert disc.levels.shape == (SIDE, SIDE)
    assert disc.rows.tolist()[-30:] == list(range(500, 530))
    assert len(disc.rows) == SHOWN + 30


def test_the_border_is_the_level_set(disc: Plane) -> None:
    strips = disc.accepted()
    area = sum((strip["right"] - strip["left"]) * (strip["high"] - strip["low"]) for strip in strips)
    assert area == pytest.approx(math.pi * RADIUS**2, rel=0.03)
    for strip in strips:
        y = (strip["low"] + strip["high"]) / 2
        assert math.hypot(strip["left"], y) == pytest.approx(RADIUS, abs=0.05)
        assert math.hypot(strip["right"], y) == pytest.approx(RADIUS, abs=0.05)


def test_where_there_is_no_score_nothing_is_accepted() -> None:
    training = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    plane = Plane.of(lambda features: features[:, 0].sqrt(), training, {"id": training}, 0.0)
    assert np.isnan(plane.levels).any()
    assert np.isnan(Plane.read(plane.stored()).levels).any()
    assert len(plane.accepted()) > 0
    nowhere = Plane.of(lambda features: features[:, 0] * torch.nan, training, {"id": training}, 0.0)
    assert nowhere.accepted() == []


def test_it_is_stored_with_the_samples_and_drawn(resources: Resources) -> None:
    task = DigitsBoundaryTask()
    context = TaskContext(0, resources, task.setting({}))
    prepare(task, context)
    samples = evaluate(task, FieldPotential(), context).outcome.samples
    table = stored_table(samples)
    read = task.samples.read(table)
    assert isinstance(samples, BoundarySamples)
    assert isinstance(read, BoundarySamples)
    assert samples.plane is not None
    assert read.plane is not None
    np.testing.assert_allclose(read.plane.levels, samples.plane.levels, rtol=1e-4)
    assert {"id", "near/left-out-digits", "far/uniform-noise"} <= set(samples.subset[samples.plane.rows])
    histogram, border = read.pictures("near")
    ground, points = border.spec["layer"]
    assert len(ground["data"]["values"]) == len(samples.plane.accepted()) > SIDE / 2
    kept = {point["verdict"] for point in points["data"]["values"] if point["subset"] == "id"}
    assert kept == {"accepted", "refused"}
    assert "level set of the score" in border.description
    without = task.samples.read(table.replace_schema_metadata(None))  # stored by an earlier version of the suite
    assert without.pictures("near") == (histogram,)


def test_a_method_that_scores_images_has_no_plane(resources: Resources) -> None:
    task = DigitsBoundaryTask()
    context = TaskContext(0, resources, task.setting({}))
    samples = evaluate(task, ODIN(), context).outcome.samples
    assert isinstance(samples, BoundarySamples)
    assert samples.plane is None
    assert len(samples.pictures("near")) == 1
