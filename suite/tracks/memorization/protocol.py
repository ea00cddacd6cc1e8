"""The protocol of mitigation: the same noises and captions to every method, each of its strengths to the judge.

1. A denoiser is trained, once per seed, on a collection in which each special caption has a duplicate.
2. A mitigation gets initial noises, conditions and the metered denoiser, and plans what to sample, at each strength.
3. The suite samples as planned, and the judge measures every sample.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from suite.contracts import Column, Ingredient, Outcome, Task, TaskContext
from suite.data.dataset import DataSet
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.guided_training import GuidedRecipe
from suite.diffusion.schedule import Schedule
from suite.tracks.memorization.collection import Design
from suite.tracks.memorization.contract import Mitigation
from suite.tracks.memorization.denoiser import CaptionedDenoiser
from suite.tracks.memorization.metrics import FRONTIER, METRICS, SUBSETS, SWEEP
from suite.tracks.memorization.samples import MitigationSamples

if TYPE_CHECKING:
    from suite.tracks.memorization.experiment import Experiment


class Trained:
    """What the tasks on a denoiser that memorizes declare, and the denoiser itself.

    Attributes:
        data: the data set; ``images``: how many of its rows, from the first; None for all.
        design: of the collection.
        architecture: of the denoiser, without its number of tokens.
        stride: timesteps between two steps of DDIM; ``scale``: of guidance, the one that people want.
        noises: initial noises of a caption.
        shipped: where files of weights are, as ``<family>-<seed>.safetensors``; None for none.
    """

    family: ClassVar[str]
    data: ClassVar[DataSet]
    images: ClassVar[int | None] = None
    transform: ClassVar[Transform]
    design: ClassVar[Design]
    architecture: ClassVar[DenoiserArchitecture]
    schedule: ClassVar[Schedule]
    recipe: ClassVar[GuidedRecipe]
    stride: ClassVar[int]
    scale: ClassVar[float]
    noises: ClassVar[int]
    shipped: ClassVar[Path | None] = None

    def model(self, seed: int) -> CaptionedDenoiser:
        """Return the denoiser of a seed."""
        return CaptionedDenoiser(
            name=f"{self.family}-denoiser",
            data=self.data,
            transform=self.transform,
            design=self.design,
            architecture=self.architecture,
            schedule=self.schedule,
            recipe=self.recipe,
            seed=seed,
            shipped=None if self.shipped is None else self.shipped / f"{self.family}-{seed}.safetensors",
            images=self.images,
        )

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data and the denoiser."""
        return (self.data, self.model(seed))

    def experiment(self, context: TaskContext) -> Experiment:
        """Return the task under a seed, step by step."""
        from suite.tracks.memorization.experiment import Experiment

        return Experiment(self, context)


class MitigationTask(Trained, Task[Mitigation]):
    """Base of the mitigation tasks. Declare the class attributes of a task and of `Trained`."""

    metrics = METRICS
    primary = Column(metric=FRONTIER.name, subset=SWEEP)
    subsets = SUBSETS
    gives = frozenset({"initial noise"})
    samples = MitigationSamples

    def prepare(self, context: TaskContext) -> None:
        """Sample the anchors: plain guidance, none, and plain guidance of ordinary captions."""
        self.experiment(context).check_that_it_can_tell()

    def evaluate(self, method: Mitigation, context: TaskContext) -> Outcome:
        """Plan, sample and judge at each strength of the method.

        Raises:
            SuiteError: the seed's denoiser does not memorize as it must for any of this to mean something.
            ValueError: the sweep is empty or too long, or a plan is none.
            Exception: the method's own.
        """
        from suite.tracks.memorization.measuring import measured

        return measured(method, self.experiment(context))
