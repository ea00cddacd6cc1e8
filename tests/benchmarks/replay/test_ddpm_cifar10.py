"""replay/ddpm-cifar10: the splits, and the whole path on a few real images with a smaller U-Net."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite import extras
from suite.benchmarks.replay.ddpm_cifar10 import HELD_OUT, IMAGES, KEPT, UNET, CIFAR10DDPMTask, drawn
from suite.cache import Cache
from suite.contracts import Card, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.errors import SuiteError
from suite.run.scoring import scores_of
from suite.settings import Settings
from suite.tracks.replay import Exemplars, ReplayContext, ReplaySelector
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION


class HardestFirst(ReplaySelector):
    """Those of the largest gradient."""

    name, version = "hardest-first", "1"
    card = Card(title="For a test", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> torch.Tensor:
        return context.learner.gradients(candidates).norm(dim=1).argsort(descending=True)[:capacity]


class ShortTask(CIFAR10DDPMTask):
    """A few images and updates, a thin U-Net."""

    id = "replay/short"
    memory_bytes = 4 * 776
    first_recipe = DenoisingRecipe(updates=6, batch_size=8, learning_rate=2e-3, average=0.5)
    second_recipe = first_recipe
    timesteps = (100, 300)
    stride = 100

    def old(self, resources: Resources) -> Split:
        return super().old(resources).part(np.arange(20), resources)

    def new(self, resources: Resources) -> Split:
        return super().new(resources).part(np.arange(20), resources)

    def judged(self, resources: Resources) -> Split:
        return super().judged(resources).part(np.arange(10), resources)

    def diffusion(self) -> PixelDiffusion:
        thin = {**UNET.arguments, "block_out_channels": [8, 8, 16], "norm_num_groups": 4, "attention_head_dim": 8}
        return replace(super().diffusion(), architecture=DenoiserArchitecture("unet", thin))


@pytest.fixture
def at(mirrored: Settings) -> Resources:
    return Resources(mirrored, Cache(mirrored.cache_folder))


@pytest.mark.mirror
def test_the_splits_are_fixed_and_disjoint(at: Resources) -> None:
    task = CIFAR10DDPMTask()
    old, new, judged = task.old(at), task.new(at), task.judged(at)
    assert [len(split.rows(at)) for split in (old, new, judged)] == [IMAGES, IMAGES, HELD_OUT]
    assert set(old.targets(at)) == set(range(5))
    assert set(new.targets(at)) == set(judged.targets(at)) == set(range(5, 10))
    assert new.data.name == "cifar10-train"
    assert judged.data.name == "cifar10-test"
    assert np.bincount(old.targets(at)).min() > 150
    assert task.capacity() == KEPT == 0.05 * IMAGES
    assert RECONSTRUCTION in task.summary


def test_a_draw_larger_than_the_data_is_all_of_it(resources: Resources) -> None:
    from suite.data.embedded import Embedded

    digits = DataSet("digits", Embedded("digits"))
    assert len(drawn(digits, range(2), 10_000, resources).rows(resources)) == 360


@pytest.mark.mirror
def test_it_runs_on_real_images(at: Resources) -> None:
    task, context = ShortTask(), TaskContext(0, at)
    task.prepare(context)
    outcome = task.evaluate(HardestFirst(), context)
    found = {(score.metric, score.subset): score for score in scores_of(task, outcome.samples)}
    assert found["reconstruction_forgetting", "all"].n == 20
    assert found["reconstruction_forgetting", "not replayed"].n == 16
    assert found["new_task_error", "new task"].n == 10
    assert found["extra_backward_passes", "all"].value == 40
    assert found["buffer_bytes", "all"].value == 4 * 776
    again = task.samples.read(stored_table(outcome.samples))
    assert scores_of(task, again) == scores_of(task, outcome.samples)


@pytest.mark.mirror
def test_without_diffusers_it_says_what_to_install(at: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    for ingredient in CIFAR10DDPMTask().requires(0)[2:]:
        with pytest.raises(SuiteError, match="the package diffusers is not installed") as error:
            ingredient.known_fingerprint(at)
        assert error.value.next == "pip install 'basin-suite[diffusion]'"
