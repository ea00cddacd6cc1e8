"""What the tasks of each track hold: with which methods they are run, and what no method may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Card, Context, Task, TaskContext
from suite.lazy import torch
from suite.run.evaluation import Evaluated
from suite.testing.recording import Recorded
from suite.testing.task import TaskContract
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext
from suite.tracks.learning_rate.protocol import TrainingTask
from suite.tracks.ood import Learner, LearningData
from suite.tracks.ood.samples import is_inside
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.replay.stream.protocol import SplitTask

Secrets = Iterator[tuple[str, NDArray[Any]]]


class DetectionTaskContract(TaskContract):
    """Checks of a task of the OOD track: override ``task``."""

    control = "random"
    references = ("energy", "msp", "knn", "feature-norm")
    chance = 0.5
    labels = ("label",)

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield the labels and which samples are ID, as they are stored and batch by batch as they were asked.

        Where a sample stood is known by the control's scores, no two of which are equal.
        """
        samples: Any = evaluated.outcome.samples
        inside = np.array([is_inside(subset) for subset in samples.subset])
        yield from (("the labels of the test", samples.label), ("which test samples are ID", inside))
        place = {score: row for row, score in enumerate(samples.score.tolist())}
        answers = [np.asarray(answer, dtype=np.float64).tolist() for name, answer in recorded.calls if name == "score"]
        for number, scores in enumerate(answers):
            rows = np.array([place[score] for score in scores if score in place], dtype=np.int64)
            yield f"the labels of batch {number}", samples.label[rows]
            yield f"which samples of batch {number} are ID", inside[rows]


class Untaught(Learner):
    """Returns a network that was not trained."""

    name = "untaught"
    version = "1"
    card = Card(title="Untaught (control)", status="baseline")
    standing = "reference"

    def train(self, data: LearningData, context: Context) -> None:
        """Build a network, and leave it."""
        self.network = data.build(context.seed).to(context.device).eval()


class GeneralizationTaskContract(TaskContract):
    """Checks of a task of the OOD track that asks for accuracy under shift: override ``task``."""

    control = Untaught
    references = ("erm",)

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield the labels and the groups of the test, and which images are OOD."""
        samples: Any = evaluated.outcome.samples
        yield from (("the labels of the test", samples.label), ("the groups of the test", samples.group))
        yield "which test images are ID", np.array([is_inside(subset) for subset in samples.subset])


class BasinTaskContract(TaskContract):
    """Checks of a task of the basins track: override ``task``."""

    control = "random"
    references = ("trajectory-mean-ward", "spectral", "kmeans")
    chance = 0.0
    slack = 0.2

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield the basins of each problem's representatives."""
        samples: Any = evaluated.outcome.samples
        for name, entries in samples.problems.items():
            yield f"the basins of {name}", np.array(entries.label)


class Nothing(Quantizer):
    """The network without what it has learned: its head is zero, and all classes are equally likely."""

    name = "nothing"
    version = "1"
    card = Card(title="Nothing learned (control)", status="baseline")
    standing = "reference"

    def quantize(
        self, model: torch.nn.Module, calibration: Calibration, spec: Spec, context: Context
    ) -> torch.nn.Module:
        """Return the network with a head of zeros."""
        with torch.no_grad():
            for parameter in model.get_classifier().parameters():  # type: ignore[operator] # timm's convention
                parameter.zero_()
        return model


class MitigationTaskContract(TaskContract):
    """Checks of a mitigation task of the memorization track: override ``task``."""

    control = "none"
    references = ("static-delay", "best-of-n")
    varied = "none"
    chance = 0.0
    slack = 0.0
    labels = ("duplicate",)


class CopyDetectionTaskContract(TaskContract):
    """Checks of a task that detects copies: override ``task``."""

    control = "trajectory-magnitude"
    references = ("nearest-training", "guidance-magnitude")
    varied = "guidance-magnitude"
    labels = ("copy", "special", "caption")


class SupportTaskContract(TaskContract):
    """Checks of a task on samples out of support: override ``task``."""

    control = "random-filter"
    references = ("nearest-training", "mode-interpolation")
    varied = "mode-interpolation"
    labels = ("outside", "mode")


class GenerationsTaskContract(TaskContract):
    """Checks of a task that trains on samples again and again: override ``task``."""

    control = "random-filter"
    references = ("nearest-training", "mode-interpolation")
    varied = "mode-interpolation"

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield which samples of each generation are out of support: a detector is asked generation by generation."""
        samples: Any = evaluated.outcome.samples
        for number in np.unique(samples.generation):
            rows = samples.generation == number
            yield f"which samples of generation {number} are out of support", samples.outside[rows]


class AnnealingTaskContract(TaskContract):
    """Checks of a task of the temperature track: override ``task``."""

    control = "fixed-cold"
    references = ("log-annealing", "parallel-tempering", "linear-annealing")
    varied = "linear-annealing"
    chance = 0.0


class ContrastiveTaskContract(TaskContract):
    """Checks of a task of the temperature track that trains an encoder: override ``task``."""

    control = "fixed-hot"
    references = ("linear-annealing", "learned-temperature")
    labels = ("label",)


class Untrained(Procedure):
    """Returns the weights that it was given."""

    name = "untrained"
    version = "1"
    card = Card(title="Untrained (control)", status="baseline")
    standing = "reference"

    def train(self, trainer: Trainer, context: TrainingContext) -> torch.Tensor:
        """Spend nothing."""
        return trainer.start


class TrainingTaskContract(TaskContract):
    """Checks of a task of the learning-rate track: override ``task``."""

    control = Untrained
    references = ("cosine", "fine-tuning")
    varied = "cosine"

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield the labels of the test."""
        if isinstance(task, TrainingTask):
            yield "the labels of the test", task.problem(context).test.labels.numpy()


class QuantizationTaskContract(TaskContract):
    """Checks of a task of the quantization track: override ``task``."""

    control = Nothing
    references = ("fp32",)
    varied = "rtn-minmax"
    chance = 0.0
    slack = 0.25
    labels = ("labels",)


class KeptDetectionTaskContract(QuantizationTaskContract):
    """Checks of a task that asks what quantization leaves of detection: override ``task``."""

    chance = 0.5  # without a head the features are still there, and one detector of two looks at nothing else
    labels = ("label",)


class ReplayTaskContract(TaskContract):
    """Checks of a task of the replay track: override ``task``."""

    control = "random"
    references: ClassVar[tuple[str, ...]] = ("joint", "herding", "hopfield-energy")
    varied = "random"

    @classmethod
    def secrets(cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded) -> Secrets:
        """Yield the labels of each part of the test, where a task streams."""
        if isinstance(task, SplitTask):
            for number, part in enumerate(task.stream(context)):
                yield f"the test labels of task {number}", np.asarray(part.labels)


class SiBlurryTaskContract(ReplayTaskContract):
    """Checks of a task on a stream without boundaries, where nothing waits for the end of a task: override ``task``."""

    control = "reservoir"
    references = ("joint", "class-balanced-reservoir", "ring")
    varied = "reservoir"


class GenerationTaskContract(ReplayTaskContract):
    """Checks of a task that is scored by what is still generated, which random replay keeps: override ``task``."""

    control = "no-replay"
    references = ("joint", "herding", "random")
