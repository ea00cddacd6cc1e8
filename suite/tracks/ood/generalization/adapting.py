"""Tasks that give both what to train with and a trained network with the test as a stream to adapt to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from suite.contracts import Axis, Method, Setting, TaskContext
from suite.data.split import Split
from suite.lazy import torch
from suite.models.network import Network
from suite.tracks.ood.generalization.adaptation import Adapter
from suite.tracks.ood.generalization.contract import Learner
from suite.tracks.ood.generalization.learning import Answers, learned
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.splits import GroupedSplits
from suite.tracks.ood.generalization.stream import Stream, adapted, stored_pixels

BATCH = Axis("stream-batch", ("64", "8"), pattern=r"[1-9]\d{0,3}", about="Test images that arrive at a time.")
ORDER = Axis("stream-order", ("random", "by-class"), about="Whether a test set arrives mixed or sorted by class.")
RESET = Axis(
    "stream-reset", ("each-set", "first-set"), about="Whether adaptation starts anew at each test set, or goes on."
)
STREAM = (BATCH, ORDER, RESET)


SMALL = 2**26
"""Bytes of test images that are held in memory at once, for methods that see them as one mixture."""


class AdaptingTask(GeneralizationTask):
    """Base of tasks for methods that train and for those that adapt: as `GeneralizationTask`, with a stream's axes.

    A test set arrives as a stream for those that adapt, the clean one first and then the shifted ones in the order of
    the table. For those that train all test sets are one mixture, and the axes of the stream mean nothing.
    """

    gives = GeneralizationTask.gives | {"test stream"}
    axes: ClassVar[tuple[Axis, ...]] = STREAM

    @classmethod
    def roles(cls) -> tuple[type[Method], ...]:
        """Return the contracts of the methods that it measures."""
        return (Learner, Adapter)

    def settings(self) -> tuple[Setting, ...]:
        """Return the default setting, and those that differ from it on one axis."""
        others = [{axis.name: value} for axis in self.axes for value in axis.values[1:]]
        return tuple(self.setting(values) for values in ({}, *others))

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return also that a method which adapts to nothing sees no stream."""
        reason = super().declines(method, setting, partners)
        streams = [axis.name for axis in STREAM if setting[axis.name] != axis.default]
        if not reason and streams and not issubclass(method, Adapter):
            return f"it sees no stream, so {' and '.join(streams)} would not matter"
        return reason

    def prepare(self, context: TaskContext) -> None:
        """Decode the test images once."""
        splits = self.splits(context.seed, context.resources, self.setting(context.setting))
        for split in splits.inside.values():
            stored_pixels(self.model(context.seed), split, context.resources)

    def answers(self, method: Any, splits: GroupedSplits, tests: Mapping[str, Split], context: TaskContext) -> Answers:
        """Return the logits of all test images of a method of either role."""
        if not isinstance(method, Adapter):
            model, resources = self.model(context.seed), context.resources
            size = sum(len(split.rows(resources)) for split in tests.values()) * math.prod(_shape(model))
            stored = [stored_pixels(model, split, resources) for split in tests.values()] if size < SMALL else []
            return learned(method, model, splits, tests, context, torch.cat(stored) if stored else None)
        setting = self.setting(context.setting)
        stream = Stream(
            batch=int(setting[BATCH.name]),
            sorted=setting[ORDER.name] != ORDER.default,
            anew=setting[RESET.name] == RESET.default,
        )
        return adapted(method, self.model(context.seed), tests, stream, context)


def _shape(model: Network) -> tuple[int, int, int]:
    """Return height, width and channels of an image as the network's transform cuts it."""
    transform = model.transform
    return transform.size, transform.size, transform.channels
