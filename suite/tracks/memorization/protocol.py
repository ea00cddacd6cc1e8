"""The protocol of mitigation: the same noises and captions to every method, each of its strengths to the judge.

1. A denoiser is trained, once per seed, on a collection in which each special caption has a duplicate.
2. A mitigation gets initial noises, conditions and the metered denoiser, and plans what to sample, at each strength.
3. The suite samples as planned, and the judge measures every sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Column, Outcome, Task, TaskContext
from suite.tracks.memorization.contract import Mitigation
from suite.tracks.memorization.metrics import FRONTIER, METRICS, SUBSETS, SWEEP
from suite.tracks.memorization.samples import MitigationSamples
from suite.tracks.memorization.trained import Trained

if TYPE_CHECKING:
    from suite.tracks.memorization.experiment import Experiment


class MitigationTask(Trained, Task[Mitigation]):
    """Base of the mitigation tasks. Declare the class attributes of a task and of `Trained`."""

    metrics = METRICS
    primary = Column(metric=FRONTIER.name, subset=SWEEP)
    subsets = SUBSETS
    gives = frozenset({"initial noise"})
    samples = MitigationSamples

    def experiment(self, context: TaskContext) -> Experiment:
        """Return the task under a seed, step by step."""
        from suite.tracks.memorization.experiment import Experiment

        return Experiment(self, context)

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
