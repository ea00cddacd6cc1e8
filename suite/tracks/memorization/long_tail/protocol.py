"""The protocol with a long tail: one plan for special, frequent and rare captions alike.

Nobody knows beforehand which prompts are memorized, so a mitigation is applied to all. What that costs captions of
which the denoiser saw few images is measured beside what it saves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from suite.contracts import Column, Outcome, Task, TaskContext
from suite.tracks.memorization.contract import Mitigation
from suite.tracks.memorization.long_tail.metrics import TAIL_METRICS, TAIL_SUBSETS, WORST
from suite.tracks.memorization.long_tail.samples import TailSamples
from suite.tracks.memorization.metrics import SWEEP
from suite.tracks.memorization.trained import Trained

if TYPE_CHECKING:
    from suite.tracks.memorization.long_tail.experiment import Noises, TailExperiment


class TailMitigationTask(Trained, Task[Mitigation]):
    """Base of mitigation tasks with a long tail. Declare the class attributes of a task and of `Trained`.

    Attributes:
        rare_noises, frequent_noises: initial noises of an ordinary caption; ``noises`` are of a special one.
    """

    metrics = TAIL_METRICS
    primary = Column(metric=WORST.name, subset=SWEEP)
    subsets = TAIL_SUBSETS
    gives = frozenset({"initial noise"})
    samples = TailSamples
    rare_noises: ClassVar[int]
    frequent_noises: ClassVar[int]

    def experiment(self, context: TaskContext, noises: Noises | None = None) -> TailExperiment:
        """Return the task under a seed, step by step; with other ``noises`` of each caption if they are told."""
        from suite.tracks.memorization.long_tail.experiment import Noises, TailExperiment

        own = Noises(self.noises, self.rare_noises, self.frequent_noises)
        return TailExperiment(self, context, noises or own)

    def prepare(self, context: TaskContext) -> None:
        """Sample the anchors: plain guidance and none, of special captions and of ordinary ones."""
        self.experiment(context).check_that_it_can_tell()

    def evaluate(self, method: Mitigation, context: TaskContext) -> Outcome:
        """Plan, sample and judge all captions at each strength of the method.

        Raises:
            SuiteError: the seed's denoiser does not memorize, or does not follow captions, as it must.
            ValueError: the sweep is empty or too long, or a plan is none.
            Exception: the method's own.
        """
        from suite.tracks.memorization.long_tail.measuring import measured

        return measured(method, self.experiment(context))
