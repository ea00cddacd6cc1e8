"""Evaluates every class of a stream without boundaries, met or not: on a fixed subset, and on all at sessions' ends."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from suite.tracks.replay.answers import Answers
from suite.tracks.replay.blurry.samples import BlurrySamples
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.evaluation import Evaluation


class ClassEvaluation(Evaluation):
    """An `Evaluation` by class. Every part of the stream has the whole test; `met` is told what has come."""

    def __post_init__(self) -> None:
        self._images, self._labels = self.stream[0].images, self.stream[0].labels
        self._classes = int(self._labels.max()) + 1
        places = [torch.where(self._labels == label)[0][: self.schedule.images] for label in range(self._classes)]
        self._some = torch.cat(places)
        self._met = np.zeros(self._classes, dtype=bool)
        self._rows: list[dict[str, object]] = []

    def met(self, labels: Tensor) -> None:
        """Take note of classes that have come."""
        self._met[labels.numpy()] = True

    def begin(self, learner: Classifier) -> None:
        """Do nothing: no class has come."""

    def point(self, learner: Classifier, step: int, number: int, *, forced: bool = False) -> None:
        """Evaluate on the subset if a point is due after ``step`` steps."""
        if forced or step % self.schedule.every == 0:
            self._measure(learner, self._some, step, number, whole=False)

    def boundary(self, learner: Classifier, number: int) -> None:
        """Evaluate on the whole test at the end of a session; after the last, keep the answers."""
        places = torch.arange(len(self._labels))
        logits = self._measure(learner, places, sum(self.steps[: number + 1]), number, whole=True)
        if number == len(self.stream) - 1:
            self.answers = Answers.of(logits, self._labels)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays of `BlurrySamples`."""
        return {name: np.concatenate([np.asarray(row[name]) for row in self._rows]) for name in self._rows[0]}

    def _measure(self, learner: Classifier, places: Tensor, step: int, number: int, *, whole: bool) -> Tensor:
        """Add a row for each class, of the test images at these places, and return their logits."""
        labels = self._labels[places]
        logits = torch.cat(learner.evaluated(self._images[places.to(self._images.device)]))
        right = labels[logits.argmax(dim=1) == labels]
        count = self._classes
        self._rows.append(
            {
                "step": np.full(count, step),
                "session": np.full(count, number),
                "whole": np.full(count, whole),
                "label": np.arange(count),
                "met": self._met.copy(),
                "tested": torch.bincount(labels, minlength=count).numpy(),
                "right": torch.bincount(right, minlength=count).numpy(),
            }
        )
        return logits


def samples_of(evaluation: ClassEvaluation, **given: object) -> BlurrySamples:
    """Return what was evaluated, with what else is ``given`` of the cell."""
    return BlurrySamples(**evaluation.arrays(), answers=evaluation.answers, **given)  # type: ignore[arg-type]
