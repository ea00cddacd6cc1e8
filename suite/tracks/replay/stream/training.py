"""How the learner learns and when it is evaluated: what a task lays down for every method."""

from __future__ import annotations

from dataclasses import dataclass

from suite.data.transform import Transform
from suite.models.architecture import Architecture


@dataclass(frozen=True)
class Training:
    """How the learner learns, the same for every method of a task.

    Attributes:
        batch: samples of the stream in a step; ``replay``: samples of the buffer beside them.
        epochs: passes over a task's samples; 1 is an online stream.
        learning_rate: of plain SGD, constant.
        crop_padding, flip: the augmentation of every image that is learned from; see `augmented`.
    """

    architecture: Architecture
    transform: Transform
    batch: int
    replay: int
    epochs: int
    learning_rate: float
    crop_padding: int = 0
    flip: bool = False

    def __str__(self) -> str:
        passes = "one pass" if self.epochs == 1 else f"{self.epochs} epochs"
        return f"{self.architecture.name}, SGD {self.learning_rate:g}, {self.batch} + {self.replay} samples, {passes}"


@dataclass(frozen=True)
class Schedule:
    """When to evaluate on the subset.

    Attributes:
        images: of each task's test, the first so many.
        every: how many steps lie between two points.
        after_switch: steps after a change of task that are all points: there the stability gap shows.
    """

    images: int = 200
    every: int = 1
    after_switch: int = 0

    def due(self, step: int, since_switch: int) -> bool:
        """Tell whether a point is due after ``step`` steps in all and ``since_switch`` of the task."""
        return since_switch <= self.after_switch or step % self.every == 0

    def __str__(self) -> str:
        dense = f", every step for {self.after_switch} after a change of task" if self.after_switch else ""
        steps = "step" if self.every == 1 else f"{self.every} steps"
        return f"every {steps}{dense}, on the first {self.images} test images of each task"
