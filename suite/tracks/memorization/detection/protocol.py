"""The protocol of detection under guidance: how samples came about to the detector, its scores to the truth."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Outcome, Task, TaskContext, Value
from suite.contracts.returned import real_numbers
from suite.diffusion.guidance import Path
from suite.lazy import torch
from suite.tracks.memorization.contract import DetectionContext, PathDetector
from suite.tracks.memorization.detection.metrics import AUROC, CAPTIONS, GUIDED_METRICS, SECONDS, SUBSETS
from suite.tracks.memorization.detection.samples import GuidedSamples
from suite.tracks.memorization.metrics import ORDINARY, PLAIN
from suite.tracks.memorization.trained import Trained

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.memorization.experiment import Experiment


class GuidedDetectionTask(Trained, Task[PathDetector]):
    """Base of the tasks that detect copies. Declare the class attributes of a task and of `Trained`."""

    metrics = GUIDED_METRICS
    primary = Column(metric=AUROC.name, subset=CAPTIONS)
    subsets = SUBSETS
    gives = frozenset({"paths", "guidance", "training data"})
    samples = GuidedSamples

    def experiment(self, context: TaskContext) -> Experiment:
        """Return the task under a seed, step by step."""
        from suite.tracks.memorization.experiment import Experiment

        return Experiment(self, context)

    def prepare(self, context: TaskContext) -> None:
        """Sample with plain guidance, special captions and ordinary ones."""
        self.experiment(context).check_that_it_can_tell()

    def evaluate(self, method: PathDetector, context: TaskContext) -> Outcome:
        """Let the detector score all samples, in an order drawn at random.

        Raises:
            SuiteError: the seed's denoiser does not memorize as it must.
            ValueError: the scores are not finite [N].
            Exception: the method's own.
        """
        experiment = self.experiment(context)
        experiment.check_that_it_can_tell()
        path, captions, special, copies = _recorded(experiment)
        order = torch.from_numpy(context.order("order").permutation(len(captions)))
        shown = Path(path.final[order], path.norms[:, order])
        training = experiment.collection.train if "training data" in method.needs else None
        told = DetectionContext(**vars(context.method), training=training)
        scores, seconds = scored(method, shown, told)
        measured = {Column(metric=SECONDS.name, subset=CAPTIONS): Value(seconds, len(scores))}
        back = np.argsort(order.numpy())
        samples = GuidedSamples(captions.numpy(), special.numpy(), copies.numpy(), scores[back], measured=measured)
        facts = {"initial noises": experiment.noises[:16], "copies": f"{int(copies.sum())} of {int(special.sum())}"}
        return Outcome(samples=samples, cost={"score_seconds": seconds}, facts=facts)


def scored(method: PathDetector, paths: Path, context: DetectionContext) -> tuple[Any, float]:
    """Return a detector's scores [N], and how long it took in seconds.

    Raises:
        WrongReturn: they are no finite real numbers [N].
    """
    started = time.perf_counter()
    given = real_numbers(method.score(paths, context), f"score of {method.name}", (len(paths.final),))
    return given.cpu().double().numpy(), time.perf_counter() - started


def _recorded(experiment: Experiment) -> tuple[Path, Tensor, Tensor, Tensor]:
    """Return all paths, and of each sample its caption, whether that is special, and whether the sample is a copy."""
    found, specials, ordinary = experiment.anchors, experiment.specials, experiment.ordinary
    path = Path(
        torch.cat([found[PLAIN], found[ORDINARY]]),
        torch.cat([found[f"{PLAIN} norms"], found[f"{ORDINARY} norms"]], dim=1),
    )
    copies = [experiment.memorized(found[PLAIN], specials), experiment.memorized(found[ORDINARY], ordinary)]
    special = torch.arange(len(path.final)) < len(specials.noise)
    captions = torch.cat([specials.numbers, ordinary.numbers + experiment.task.design.specials])
    return path, captions, special, torch.cat(copies)
