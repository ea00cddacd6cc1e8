"""Evaluates during the stream on a fixed subset of each test set, and on all of it after each task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from suite.tracks.replay.answers import Answers
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
    answers: Answers | None = None

    def __post_init__(self) -> None:
        images = self.schedule.images
        self._subset = torch.cat([task.images[:images] for task in self.stream])
        self._labels = torch.cat([task.labels[:images] for task in self.stream])
        self._ends = np.cumsum([len(task.labels[:images]) for task in self.stream])
        self._points: list[tuple[int, int, Array]] = []

    def begin(self, learner: Classifier) -> None:
        """Evaluate on every test before any training."""
        self.initial = self._accuracies(self._on_tests(learner))

    def point(self, learner: Classifier, step: int, number: int, *, forced: bool = False) -> None:
        """Evaluate on the subsets of the tasks up to ``number`` if a point is due after ``step`` steps."""
        since = step - sum(self.steps[:number])
        if not (forced or since == self.steps[number] or self.schedule.due(step, since)):
            return
        end = int(self._ends[number])
        right = self._right(learner, self._subset[:end], self._labels[:end])
        self._add(step, number, [part.mean() for part in np.split(right, self._ends[:number])])

    def boundary(self, learner: Classifier, number: int) -> None:
        """Evaluate on every test at the end of a task; after the last, keep the answers."""
        assert len(self.matrix) == number
        logits = self._on_tests(learner)
        self.matrix.append(self._accuracies(logits))
        if number == len(self.stream) - 1:
            self.answers = Answers.of(torch.cat(logits), torch.cat([task.labels for task in self.stream]))

    def of_first_task(self) -> tuple[Tensor, Tensor]:
        """Return images and labels of the first task's subset, on which its points are measured."""
        end = int(self._ends[0])
        return self._subset[:end], self._labels[:end]

    def first_task(self) -> dict[str, Tensor]:
        """Return the points so far, by name; they are the first task's."""
        steps, _, values = zip(*self._points, strict=True)
        return {"steps": torch.tensor(steps), "accuracies": torch.from_numpy(np.stack(values)[:, 0].copy())}

    def go_on_after(self, state: Mapping[str, Tensor]) -> None:
        """Go on as the evaluation that `first_task` was asked of."""
        self._points = []
        for step, accuracy in zip(state["steps"].tolist(), state["accuracies"].tolist(), strict=True):
            self._add(step, 0, [accuracy])

    @property
    def curve(self) -> Curve:
        """The accuracies on the subsets so far."""
        steps, training, values = zip(*self._points, strict=True)
        return Curve(np.array(steps), np.array(training), np.stack(values))

    def _add(self, step: int, number: int, accuracies: list[float]) -> None:
        values = np.full(len(self.stream), np.nan)
        values[: number + 1] = accuracies
        self._points.append((step, number, values))

    def _on_tests(self, learner: Classifier) -> list[Tensor]:
        """Return the logits of each task's test."""
        return [torch.cat(learner.evaluated(task.images)) for task in self.stream]

    def _accuracies(self, logits: list[Tensor]) -> Array:
        pairs = zip(logits, self.stream, strict=True)
        return np.array([(of_task.argmax(dim=1) == task.labels).double().numpy().mean() for of_task, task in pairs])

    def _right(self, learner: Classifier, images: Tensor, labels: Tensor) -> Array:
        return np.asarray((learner.predictions(images) == labels).double().numpy())
