"""The protocol of detection on mixtures, on the denoiser of three modes that comes with the suite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite import Card
from suite.benchmarks.memorization.mixtures import MIXTURES, MixturesTask
from suite.contracts import Column, Setting, TaskContext
from suite.plugins.memorization.guidance_magnitude import GuidanceMagnitude
from suite.plugins.memorization.mode_interpolation import ModeInterpolation
from suite.plugins.memorization.nearest_training import NearestTraining
from suite.plugins.memorization.no_filter import NoFilter
from suite.plugins.memorization.random_filter import RandomFilter
from suite.plugins.memorization.trajectory_magnitude import TrajectoryMagnitude
from suite.tracks.memorization import PathDetector
from suite.tracks.memorization.mixtures.metrics import SAMPLES
from suite.tracks.memorization.mixtures.samples import SupportSamples


class FewTask(MixturesTask):
    """Fewer samples."""

    count = 800


class Seeing(PathDetector):
    """Keeps what it is shown, and returns a score too few."""

    name = "seeing"
    version = "1"
    card = Card(title="Seeing", status="baseline")

    def score(self, paths, context):
        self.paths, self.context = paths, context
        return paths.final[1:, 0]


def value(samples, metric: str) -> float:
    return samples.value(Column(metric=metric, subset=SAMPLES)).value


@pytest.fixture
def context(resources) -> TaskContext:
    return TaskContext(0, resources, FewTask().setting({}))


def test_samples_between_modes_are_found(context: TaskContext) -> None:
    task = FewTask()
    known, found, chance, none = (
        task.evaluate(method, context).samples
        for method in (NearestTraining(), ModeInterpolation(), RandomFilter(), NoFilter())
    )
    assert value(known, "auroc") > 0.99
    assert value(known, "removed_at_96") == 1
    assert value(known, "out_of_support_filtered") == 0
    assert 0 < value(known, "out_of_support") < 0.1
    assert value(found, "auroc") > 0.9
    assert value(found, "auroc") > value(chance, "auroc") + 0.2
    assert value(none, "auroc") == 0.5
    assert value(none, "removed_at_96") == 0
    assert np.array_equal(known.outside, found.outside)


def test_a_detector_sees_predictions_and_no_guidance(context: TaskContext) -> None:
    method = Seeing()
    with pytest.raises(
        ValueError, match=r"returned a tensor \[799\] of float\d+; its contract wants a tensor \[800\] of finite"
    ):
        FewTask().evaluate(method, context)
    assert method.context.sought == "out of support"
    assert method.context.training is None
    assert method.paths.norms.isnan().all()
    assert method.paths.clean.shape == (50, 800, 1)
    assert torch.equal(method.paths.clean[-1], method.paths.final)


@pytest.mark.parametrize("method", [GuidanceMagnitude, TrajectoryMagnitude])
def test_what_asks_for_guidance_is_declined(method) -> None:
    assert MixturesTask().declines(method, MixturesTask().setting({})) == "it gives no guidance"


@pytest.mark.parametrize("setting", MixturesTask().settings(), ids=str)
def test_the_weights_of_every_setting_come_with_the_suite(setting: Setting, resources) -> None:
    model = MixturesTask().model(setting)
    assert model.known_fingerprint(resources) == resources.cache.file_digest(model.shipped)
    assert not any(parameter.requires_grad for parameter in model.load(resources).parameters())


def test_weights_of_another_recipe_are_not_used(resources) -> None:
    model = MixturesTask().model(MixturesTask().setting({}))
    assert replace(model, recipe=replace(model.recipe, updates=7)).known_fingerprint(resources) is None
    assert replace(model, shared=not model.shared).known_fingerprint(resources) is None
    assert replace(model, mixture=replace(MIXTURES["line-3"], points=9)).known_fingerprint(resources) is None


def test_rates_follow_from_scores_and_truth() -> None:
    outside = np.arange(200) < 20
    score = np.where(np.arange(200) < 15, 9.0, np.arange(200) / 1000)  # 15 of the 20 stand out
    samples = SupportSamples(np.zeros(200, dtype=np.int64), np.zeros(200), outside, score)
    assert value(samples, "out_of_support") == 0.1
    assert value(samples, "removed_at_96") == 0.75
    assert value(samples, "out_of_support_filtered") == 5 / (5 + 173)  # of 180, seven may go
    low, high = np.quantile(samples.resampled(Column(metric="removed_at_96", subset=SAMPLES)).values, [0.025, 0.975])
    assert 0.5 < low < 0.75 < high < 0.95


@pytest.mark.parametrize("metric", ["out_of_support", "out_of_support_filtered"])
def test_a_filter_that_keeps_all_changes_nothing_and_how_many_are_out_is_not_certain(metric: str) -> None:
    outside = np.arange(200) < 20
    samples = SupportSamples(np.zeros(200, dtype=np.int64), np.zeros(200), outside, np.zeros(200))
    assert value(samples, metric) == 0.1
    drawn = samples.resampled(Column(metric=metric, subset=SAMPLES)).values
    assert drawn.std() == pytest.approx((0.1 * 0.9 / 200) ** 0.5, rel=0.15)


def test_one_kind_of_samples_has_no_rate() -> None:
    samples = SupportSamples(np.zeros(3, dtype=np.int64), np.zeros(3), np.zeros(3, dtype=bool), np.zeros(3))
    for metric in ("auroc", "removed_at_96"):
        assert samples.value(Column(metric=metric, subset=SAMPLES)) is None
        assert samples.resampled(Column(metric=metric, subset=SAMPLES)) is None
    for metric in ("out_of_support", "out_of_support_filtered"):
        assert value(samples, metric) == 0
