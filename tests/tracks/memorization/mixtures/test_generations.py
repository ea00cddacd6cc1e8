"""Recursive training, with a training that is cut short."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from suite.benchmarks.memorization.recursive_training import RecursiveTrainingTask
from suite.contracts import Column, TaskContext
from suite.errors import SuiteError
from suite.plugins.memorization.nearest_training import NearestTraining
from suite.plugins.memorization.no_filter import NoFilter
from suite.testing import GenerationsTaskContract
from suite.tracks.memorization.mixtures.generation_samples import GENERATIONS, SUBSETS, GenerationSamples
from suite.tracks.memorization.mixtures.recipe import EvenRecipe
from suite.tracks.memorization.mixtures.sampling import cut_schedule

needs_muon = pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch 2.9 brought Muon")


class ShortTask(RecursiveTrainingTask):
    """Few points, few updates."""

    mixture = replace(RecursiveTrainingTask.mixture, points=96)
    recipe = EvenRecipe(updates=10, each=1)


def value(samples: GenerationSamples, metric: str, subset: str) -> float:
    return samples.value(Column(metric=metric, subset=subset)).value


@needs_muon
@pytest.mark.slow  # 10 trainings and as many walks of 300 steps
def test_a_filter_lowers_what_it_passes_on(resources) -> None:
    context, task = TaskContext(0, resources), ShortTask()
    known, none = (task.evaluate(method, context).samples for method in (NearestTraining(), NoFilter()))
    assert len(SUBSETS) == GENERATIONS == 5
    for subset in SUBSETS:  # of 100 samples four go, wrong ones where they are known
        before, after = value(known, "out_of_support", subset), value(known, "out_of_support_filtered", subset)
        assert after == pytest.approx(max(0, 100 * before - 4) / 96)
    assert np.array_equal(none.kept, np.tile(np.arange(100) < 96, 5))
    assert value(none, "out_of_support", SUBSETS[0]) == value(known, "out_of_support", SUBSETS[0]) > 0


def test_shares_and_spread_follow_from_samples() -> None:
    samples = GenerationSamples(
        generation=np.repeat([1, 2], 4),
        deviation=np.array([0.0, 2, 0, 9, 1, 1, 9, 9]),
        outside=np.array([0, 0, 0, 1, 0, 0, 1, 1], dtype=bool),
        kept=np.array([1, 1, 1, 0, 1, 0, 1, 0], dtype=bool),
    )
    found = [
        [value(samples, metric, subset) for subset in SUBSETS[:2]]
        for metric in ("out_of_support", "out_of_support_filtered", "mode_spread")
    ]
    assert found == [[0.25, 0.5], [0, 0.5], [pytest.approx((4 / 3) ** 0.5), 1]]


def test_what_is_out_of_support_is_secret_generation_by_generation() -> None:
    samples = GenerationSamples(
        generation=np.array([1, 1, 2, 2]),
        deviation=np.zeros(4),
        outside=np.array([True, False, False, True]),
        kept=np.ones(4, dtype=bool),
    )
    evaluated: Any = SimpleNamespace(outcome=SimpleNamespace(samples=samples))
    held = GenerationsTaskContract.secrets(ShortTask(), TaskContext(0, None), evaluated, None)
    assert [secret.tolist() for _, secret in held] == [[True, False], [False, True]]


@needs_muon
def test_training_lowers_the_loss_and_hands_out_averages() -> None:
    task = ShortTask()
    model, points, logged = task.model(0), task.mixture.drawn(0), list[str]()
    noise = torch.randn(96, 1, generator=torch.Generator().manual_seed(5))
    noised = cut_schedule().noised(points, torch.full((96,), 40), noise)

    def loss(network: torch.nn.Module) -> float:
        return float((network(noised, torch.tensor([40])) - noise).square().mean())

    short, long = (
        replace(model, recipe=EvenRecipe(updates=count, each=1)).retrained(points, 0, logged.append)
        for count in (1, 40)
    )
    assert loss(long) < 0.9 * loss(short)
    assert not long.training
    assert not logged


def test_a_torch_without_muon_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.optim, "Muon", raising=False)
    with pytest.raises(SuiteError, match="does not have the optimizer Muon"):
        ShortTask().model(1).retrained(torch.zeros(4, 1), 0, print)
