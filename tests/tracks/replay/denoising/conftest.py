"""A small task on digits, shared by the tests of this folder, and methods to run it with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.contracts import Card, Outcome, Resources, TaskContext
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay import Bound, Exemplars, ReplayContext, ReplaySelector
from suite.tracks.replay.denoising.experiment import Experiment
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION, DenoisingTask
from suite.tracks.replay.hopfield import kernel_energy, matched_beta

DIGITS = DataSet("digits", Embedded("digits"))
CARD = Card(title="For a test", status="baseline")


class SmallTask(DenoisingTask):
    """Zeros and ones, then fives and sixes; 200 images each at most."""

    id, version, tier, title = "replay/small", "1", "embedded", "Small"
    summary = RECONSTRUCTION
    seeds = (0,)
    data = (DIGITS,)
    memory_bytes = 30 * 72 + 71
    first_recipe = DenoisingRecipe(updates=1200, batch_size=32, learning_rate=2e-3, average=0.99)
    second_recipe = DenoisingRecipe(updates=300, batch_size=32, learning_rate=2e-3, average=0.97)

    def old(self, resources: Resources) -> Split:
        return Split(DIGITS, np.flatnonzero(DIGITS.open(resources).labels < 2)[:200])

    def new(self, resources: Resources) -> Split:
        return Split(DIGITS, np.flatnonzero(np.isin(DIGITS.open(resources).labels, [5, 6]))[:200])

    def diffusion(self) -> PixelDiffusion:
        return PixelDiffusion(
            DenoiserArchitecture("mlp", {"shape": [1, 8, 8], "width": 64, "blocks": 2}),
            Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
        )


class TopEnergy(ReplaySelector):
    """The samples of highest kernel energy."""

    name, version, card = "top-energy", "1", CARD
    needs = frozenset({"features"})

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        points = context.learner.features(candidates).double()
        energy = kernel_energy(points, points, matched_beta(points), exclude=torch.arange(len(points)))
        return energy.argsort(descending=True)[:capacity]


class RandomDraw(ReplaySelector):
    """Any samples, after a look at their losses and gradients."""

    name, version, card = "random-draw", "1", CARD

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        context.learner.losses(candidates)
        context.learner.gradients(candidates[torch.arange(10)])
        return torch.randperm(len(candidates), generator=context.generator("draw"))[:capacity]


class NoReplay(Bound):
    """Nothing."""

    name, version, card, regime = "no-replay", "1", CARD, "no replay"


class Joint(Bound):
    """Everything."""

    name, version, card, regime = "joint", "1", CARD, "joint"


METHODS = (NoReplay, RandomDraw, TopEnergy, Joint)


@pytest.fixture
def task() -> SmallTask:
    return SmallTask()


@pytest.fixture
def methods() -> dict[str, type[Bound] | type[ReplaySelector]]:
    return {method.name: method for method in METHODS}


@pytest.fixture
def context(resources: Resources) -> TaskContext:
    return TaskContext(0, resources)


@pytest.fixture
def experiment(task: SmallTask, context: TaskContext) -> Experiment:
    return task.experiment(context)


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Outcome]:
    """Filled by `outcome` as methods are run."""
    return {}


@pytest.fixture
def outcome(task: SmallTask, context: TaskContext, outcomes: dict[str, Outcome]) -> Callable[[str], Outcome]:
    """Return a function that runs a method by name, once a session."""
    by_name = {method.name: method for method in METHODS}

    def run(name: str) -> Outcome:
        if name not in outcomes:
            outcomes[name] = task.evaluate(by_name[name](), context)
        return outcomes[name]

    return run
