"""The stream: classes in a random order, a few of them a task, and the samples of each task in random order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars


@dataclass(frozen=True)
class StreamTask:
    """One task of the stream.

    Attributes:
        samples: to learn from, in no particular order.
        images: of the test, as the network takes them [N, C, H, W], on its device; ``labels`` theirs [N].
    """

    samples: Exemplars
    images: torch.Tensor
    labels: torch.Tensor


def class_order(classes: int, rng: np.random.Generator, tasks: int) -> list[list[int]]:
    """Return which classes each task has, in the order of their numbers in the task.

    Raises:
        ValueError: the classes cannot be dealt to the tasks in equal shares.
    """
    if classes % tasks:
        raise ValueError(f"{classes} classes cannot be split into {tasks} tasks of the same size")
    return [part.tolist() for part in np.split(rng.permutation(classes), tasks)]


def unmeasurable(order: Sequence[Sequence[int]], train: NDArray[np.int64], test: NDArray[np.int64]) -> str:
    """Return why a stream of tasks with these classes cannot be measured, given all labels; nothing if it can be."""
    if len(order) < 2:
        return "a stream of one task has nothing to forget: it takes two tasks or more"
    known = [label for part in order for label in part]
    for name, labels in (("training", train), ("test", test)):
        if strange := sorted(set(np.unique(labels).tolist()) - set(known)):
            return f"the {name} split has samples of class {strange[0]}, and the stream has {len(known)} classes"
    if absent := sorted(set(known) - set(np.unique(train).tolist())):
        return f"the training split has no sample of class {absent[0]}"
    for number, part in enumerate(order):
        if not np.isin(test, part).any():
            return f"the test split has no sample of task {number + 1}, whose classes are {', '.join(map(str, part))}"
    return ""


def relabelled(labels: NDArray[np.int64], order: list[int], scenario: str) -> NDArray[np.int64]:
    """Return the labels [N] of a task's samples as the network learns them: the class, or its number in the task."""
    if scenario == "class":
        return labels
    numbers = {label: number for number, label in enumerate(order)}
    return np.array([numbers[label] for label in labels.tolist()], dtype=np.int64)


def batches(samples: Exemplars, size: int, rng: np.random.Generator) -> list[Exemplars]:
    """Return one epoch of samples in random order; the last batch may be smaller."""
    order = torch.from_numpy(rng.permutation(len(samples)))
    return [samples[places] for places in torch.split(order, size)]
