"""memorization/mixtures-rotated: where its modes lie, and that detectors find what is between them."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.memorization.mixtures_rotated import MIXTURES, RotatedMixturesTask
from suite.contracts import Column, Resources, Setting, TaskContext
from suite.plugins.memorization.mode_interpolation import ModeInterpolation
from suite.plugins.memorization.nearest_training import NearestTraining
from suite.plugins.memorization.random_filter import RandomFilter
from suite.tracks.memorization.mixtures.metrics import SAMPLES

MIXTURE = MIXTURES["rotated-25"]


class FewTask(RotatedMixturesTask):
    """Fewer samples."""

    count = 1000


def test_it_is_the_grid_turned_by_45_degrees_whose_neighbours_are_the_root_of_two_away() -> None:
    places = MIXTURE.places * (0.05 / MIXTURE.deviation)
    turned = places @ torch.tensor([[1.0, -1.0], [1.0, 1.0]]) / 2
    assert sorted(turned.round(decimals=4).tolist()) == [[x, y] for x in range(-2, 3) for y in range(-2, 3)]
    apart = torch.cdist(places, places)
    assert apart[apart > 0.1].min().item() == pytest.approx(2**0.5, abs=1e-4)
    assert not MIXTURE.outside(MIXTURE.drawn(0)).any()


@pytest.mark.parametrize("setting", RotatedMixturesTask().settings(), ids=str)
def test_its_weights_come_with_the_suite(setting: Setting, resources: Resources) -> None:
    model = RotatedMixturesTask().model(setting)
    assert model.shipped is not None
    assert model.known_fingerprint(resources) == resources.cache.file_digest(model.shipped)


def test_samples_between_its_modes_are_found(resources: Resources) -> None:
    task = FewTask()
    context = TaskContext(0, resources, task.setting({}))
    known, found, chance = (
        task.evaluate(method, context).samples for method in (NearestTraining(), ModeInterpolation(), RandomFilter())
    )

    def value(samples, metric: str) -> float:
        return samples.value(Column(metric=metric, subset=SAMPLES)).value

    assert 0 < value(known, "out_of_support") < 0.1
    assert value(known, "auroc") > 0.99
    assert value(found, "auroc") > value(chance, "auroc") + 0.2
