"""The protocol of sequential generation: a diffusion model learns kinds of images one after the other.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived. Tasks,
budget, training and metrics are our own design.

1. The model is trained on task 1, once per seed, the same for every method.
2. At the end of each task a method selects of its samples; every task so far has an equal share of the buffer.
3. The next task is trained on beside the buffer: as many replayed samples in a batch for each earlier task as current
   ones, for the same number of updates whatever is replayed, on the same current batches with the same noise.
4. After each task the model generates images from the same noise. A judge tells their classes.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from suite.contracts import Column, Ingredient, Outcome, Resources, Task, TaskContext
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.diffusion.diffusion import Diffusion
from suite.diffusion.trained import TrainedDenoiser
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.contract import Bound, ReplaySelector
from suite.tracks.replay.generation.metrics import ALL, COVERAGE, HIGHEST, LOWEST, METRICS, task_name
from suite.tracks.replay.generation.part import Part
from suite.tracks.replay.generation.samples import GenerationSamples

if TYPE_CHECKING:
    from suite.tracks.replay.generation.course import Course


class GenerationTask(Task[ReplaySelector | Bound]):
    """Base of the tasks of sequential generation. Declare the class attributes; write `parts` and `diffusion`.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.

    Attributes:
        data: every data set of the task, that of task 1 first.
        kept: samples that the buffer has room for.
        first_recipe, next_recipe: training on task 1, and on each of the others.
        images: generated after each task, by DDIM with ``stride`` timesteps a step.
        timesteps: from which real images are reconstructed.
        classes: in all tasks together; ``tasks``: how many of these there are.
    """

    metrics = METRICS
    primary = Column(metric=COVERAGE.name, subset=ALL)
    gives = frozenset({"task end", "features", "losses", "gradients"})
    libraries = ("torch._dynamo", "sklearn.svm")
    samples = GenerationSamples
    data: ClassVar[tuple[DataSet, ...]]
    kept: ClassVar[int]
    first_recipe: ClassVar[DenoisingRecipe]
    next_recipe: ClassVar[DenoisingRecipe]
    images: ClassVar[int] = 1000
    stride: ClassVar[int] = 50
    timesteps: ClassVar[tuple[int, ...]] = (100, 300, 500)
    classes: ClassVar[int]
    tasks: ClassVar[int] = 3

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.subsets = (ALL, *(task_name(number) for number in range(cls.tasks)), LOWEST, HIGHEST)

    @abstractmethod
    def parts(self, seed: int, resources: Resources) -> list[Part]:
        """Return the images of each task of a seed."""

    @abstractmethod
    def diffusion(self) -> Diffusion:
        """Return the network before task 1 and the space that it works in."""

    def model(self, seed: int) -> TrainedDenoiser:
        """Return the network after task 1."""
        return TrainedDenoiser(
            name=f"{self.id.split('/')[1]}-task-1",
            diffusion=self.diffusion(),
            recipe=self.first_recipe,
            seed=seed,
            training=partial(self._first, seed),
            trained_on=f"task 1 of {self.id}, version {self.version}",
            data=self.data[0],
        )

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets, and the network after task 1."""
        return (*self.data, *self.diffusion().ingredients, self.model(seed))

    def prepare(self, context: TaskContext) -> None:
        """Train on task 1, and generate after it."""
        _ = self.course(context).first

    def evaluate(self, method: ReplaySelector | Bound, context: TaskContext) -> Outcome:
        """Let the method select after each task, and train on the next.

        Raises:
            ValueError: what it selects is no selection.
            Exception: the method's own.
        """
        return self.course(context).outcome(method)

    def course(self, context: TaskContext) -> Course:
        """Return the task under a seed, stage by stage."""
        from suite.tracks.replay.generation.course import Course, Design

        design = Design(
            parts=self.parts(context.seed, context.resources),
            model=self.model(context.seed),
            following=self.next_recipe,
            kept=self.kept,
            images=self.images,
            stride=self.stride,
            timesteps=self.timesteps,
            classes=self.classes,
        )
        return Course(design, context)

    def _first(self, seed: int, resources: Resources) -> Split:
        return self.parts(seed, resources)[0].split
