"""The protocol of the generative arm: a diffusion model learns task 1, then task 2 beside what a method replays.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived. The
diffusion experiment (class split, budget, timesteps, training, metrics) is our own design.

1. The model is trained on task 1, once per seed, the same for every method.
2. A method selects samples of task 1 for a buffer of so many bytes.
3. The model is trained on task 2 with as many replayed samples as current ones in each batch; the number of updates,
   the current batches, their timesteps and their noise are the same for every method.
4. Forgetting of a task-1 sample is the rise of its reconstruction error from before task 2 to after it: noised to each
   of some timesteps with the same noise, led back by DDIM without randomness, squared error per number.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from suite.contracts import Column, Ingredient, Outcome, Resources, Task, TaskContext
from suite.contracts.card import NO_FORMULA
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.diffusion.diffusion import Diffusion
from suite.diffusion.trained import TrainedDenoiser
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.buffer import LABEL_BYTES
from suite.tracks.replay.contract import Bound, ReplaySelector
from suite.tracks.replay.denoising.metrics import ALL, FORGETTING, METRICS, SUBSETS
from suite.tracks.replay.denoising.samples import DenoisingSamples

if TYPE_CHECKING:
    from suite.tracks.replay.denoising.experiment import Experiment

RECONSTRUCTION = f"{NO_FORMULA} Hopfield-energy replay after Takeda et al., re-derived."
"""Stands in the summary of every task."""


class DenoisingTask(Task[ReplaySelector | Bound]):
    """Base of the generative tasks. Declare the class attributes; write `old`, `new` and `diffusion`.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.

    Attributes:
        data: every data set of the task, the one that is trained on first.
        memory_bytes: the budget of the buffer; a slot is the pixels of an image and 8 bytes for its label.
        first_recipe, second_recipe: training on task 1 and on task 2.
        timesteps: from which samples are reconstructed; ``stride``: timesteps between two evaluations on the way.
        classes: how many there are in both tasks together.
    """

    metrics = METRICS
    primary = Column(metric=FORGETTING.name, subset=ALL)
    subsets = SUBSETS
    gives = frozenset({"task end", "features", "losses", "gradients"})
    libraries = ("torch._dynamo",)
    samples = DenoisingSamples
    data: ClassVar[tuple[DataSet, ...]]
    memory_bytes: ClassVar[int]
    first_recipe: ClassVar[DenoisingRecipe]
    second_recipe: ClassVar[DenoisingRecipe]
    timesteps: ClassVar[tuple[int, ...]] = (100, 300, 500)
    stride: ClassVar[int] = 50
    classes: ClassVar[int] = 10

    @abstractmethod
    def old(self, resources: Resources) -> Split:
        """Return the images of task 1: trained on first, selected from, and scored."""

    @abstractmethod
    def new(self, resources: Resources) -> Split:
        """Return the images of task 2."""

    @abstractmethod
    def diffusion(self) -> Diffusion:
        """Return the network before task 1 and the space that it works in."""

    def judged(self, resources: Resources) -> Split:
        """Return images that tell how well task 2 was learned: those of task 2 itself unless a task has others."""
        return self.new(resources)

    def model(self, seed: int) -> TrainedDenoiser:
        """Return the network after task 1."""
        return TrainedDenoiser(
            name=f"{self.id.split('/')[1]}-task-1",
            diffusion=self.diffusion(),
            recipe=self.first_recipe,
            seed=seed,
            training=self.old,
            trained_on=f"task 1 of {self.id}, version {self.version}",
            data=self.data[0],
        )

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets, pretrained weights if there are any, and the network after task 1."""
        return (*self.data, *self.diffusion().ingredients, self.model(seed))

    def prepare(self, context: TaskContext) -> None:
        """Train on task 1, and reconstruct before task 2."""
        _ = self.experiment(context).before

    def evaluate(self, method: ReplaySelector | Bound, context: TaskContext) -> Outcome:
        """Let the method select, train on task 2, and reconstruct task 1 again.

        Raises:
            ValueError: what it selects is no selection.
            Exception: the method's own.
        """
        return self.experiment(context).outcome(method)

    def experiment(self, context: TaskContext) -> Experiment:
        """Return the task under a seed, step by step."""
        from suite.tracks.replay.denoising.experiment import Design, Experiment

        resources = context.resources
        design = Design(
            model=self.model(context.seed),
            old=self.old(resources),
            new=self.new(resources),
            judged=self.judged(resources),
            second=self.second_recipe,
            timesteps=self.timesteps,
            stride=self.stride,
            capacity=self.capacity(),
            classes=self.classes,
        )
        return Experiment(design, context)

    def slot_bytes(self) -> int:
        """Return what a sample takes of the budget."""
        transform = self.diffusion().transform
        return transform.size**2 * transform.channels + LABEL_BYTES

    def capacity(self) -> int:
        """Return how many samples the budget holds."""
        return self.memory_bytes // self.slot_bytes()
