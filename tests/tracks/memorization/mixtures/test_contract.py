"""The tasks on mixtures hold what every task holds; with fewer samples, and trainings that are cut short."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from suite.benchmarks.memorization.mixtures import MixturesTask
from suite.benchmarks.memorization.recursive_training import RecursiveTrainingTask
from suite.testing import GenerationsTaskContract, SupportTaskContract
from suite.tracks.memorization.mixtures.recipe import EvenRecipe


class FewTask(MixturesTask):
    """Fewer samples."""

    count = 1000


class ShortTask(RecursiveTrainingTask):
    """Few points, few updates."""

    id = "memorization/short-recursion"
    mixture = replace(RecursiveTrainingTask.mixture, points=96)
    recipe = EvenRecipe(updates=10, each=1)


@pytest.mark.slow
class TestMixtures(SupportTaskContract):
    task = FewTask


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch 2.9 brought Muon")
@pytest.mark.slow
class TestGenerations(GenerationsTaskContract):
    task = ShortTask
