"""Evaluates during the stream on a fixed subset of each test set, and on all of it after each task."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from suite.tracks.replay.stream.accuracy import Array, Curve
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.tasks import StreamTask
from suite.tracks.replay.stream.training import Schedule


@dataclass
class Evaluation:
    """Collects the accuracies of a stream whose tasks have ``steps`` steps each [T]."""

    stream: list[StreamTask]
    steps: list[int]
    schedule: Schedule
    initial: Array = field(default_factory=lambda: np.empty(0))
    matrix: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        images = self.schedule.images
        self._subset = torch.cat([task.images[:images] for task in self.stream])
        self._labels = torch.cat([task.labels[:images] for task in self.stream])
        self._ends = np.cumsum([len(task.labels[:images]) for task in self.stream])
        self._points: list[tuple[int, int, Array]] = []

    def begin(self, learner: Classifier) -> None:
        """Evaluate on every test before any training."""
        self.initial = self._on_tests(learner)

    def point(self, learner: Classifier, step: int, number: int, *, forced: bool = False) -> None:
        """Evaluate on the subsets of the tasks up to ``number`` if a point is due after ``step`` steps."""
        since = step - sum(self.steps[:number])
        if not (forced or since == self.steps[number] or self.schedule.due(step, since)):
            return
        end = int(self._ends[number])
        right = self._right(learner, self._subset[:end], self._labels[:end])
        values = np.full(len(self.stream), np.nan)
        values[: number + 1] = [part.mean() for part in np.split(right, self._ends[:number])]
        self._points.append((step, number, values))

    def boundary(self, learner: Classifier, number: int) -> None:
        """Evaluate on every test at the end of a task."""
        assert len(self.matrix) == number
        self.matrix.append(self._on_tests(learner))

    @property
    def curve(self) -> Curve:
        """The accuracies on the subsets so far."""
        steps, training, values = zip(*self._points, strict=True)
        return Curve(np.array(steps), np.array(training), np.stack(values))

    def _on_tests(self, learner: Classifier) -> Array:
        return np.array([self._right(learner, task.images, task.labels).mean() for task in self.stream])

    def _right(self, learner: Classifier, images: Tensor, labels: Tensor) -> Array:
        return np.asarray((learner.predictions(images) == labels).double().numpy())
