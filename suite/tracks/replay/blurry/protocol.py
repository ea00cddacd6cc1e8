"""The protocol of streams without boundaries: the learner of the split streams, with nobody told of a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from suite.contracts import Column, Method, Outcome, Setting, TaskContext
from suite.errors import SuiteError
from suite.lazy import torch
from suite.tracks.replay.blurry.draw import SiBlurry
from suite.tracks.replay.blurry.metrics import ALL, AUC, METRICS
from suite.tracks.replay.blurry.samples import BlurrySamples
from suite.tracks.replay.buffer import slot_bytes
from suite.tracks.replay.contract import Bound, ReplayMethod
from suite.tracks.replay.cost import costs
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.roles import Roles
from suite.tracks.replay.stream.protocol import SplitTask
from suite.tracks.replay.stream.tasks import StreamTask


class SiBlurryTask(SplitTask):
    """Base of the tasks on Si-Blurry streams: a `SplitTask` whose parts are sessions that no method is told of.

    Attributes:
        shares: how the stream is drawn.
        updates: steps of the learner on each batch.
    """

    metrics = METRICS
    primary = Column(metric=AUC.name, subset=ALL)
    gives = frozenset({"stream", "features", "logits", "losses", "gradients"})
    samples = BlurrySamples  # type: ignore[assignment] # other samples than those of split streams
    shares: ClassVar[SiBlurry] = SiBlurry()
    updates: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.subsets = (ALL,)

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """See `Task.declines`; who learns from the buffer alone does so at the end of a task, and here is none."""
        if issubclass(method, Bound) and method.regime == "buffer alone":
            return "it learns at the end of a task, and nobody says here when that is"
        return super().declines(method, setting, partners)

    def check(self, context: TaskContext) -> None:
        """Refuse data without a sample of each class, and a stream without a change."""
        for name, split in (("training", self.train), ("test", self.test)):
            labels = split(context.resources).targets(context.resources)
            if set(np.unique(labels).tolist()) != set(range(self.classes)) or self.shares.sessions < 2:
                raise SuiteError(
                    f"{self.id} cannot be measured. It needs two sessions or more, and {name} images of each of "
                    f"{self.classes} classes",
                    place=f"{type(self).__module__}.{type(self).__qualname__}",
                    next=f"change its shares, classes or data, then: suite run --task {self.id}",
                )

    def class_order(self, context: TaskContext) -> list[list[int]]:
        """Return the classes of each session, disjoint ones first."""
        own, shared = self.shares.dealt(self.classes, context.rng("si-blurry stream"))
        return [[*alone, *blurry] for alone, blurry in zip(own, shared, strict=True)]

    def stream(self, context: TaskContext) -> list[StreamTask]:
        """Return the sessions of a seed, samples in the order in which they come, each with the whole test."""
        resources, train, test = context.resources, self.train(context.resources), self.test(context.resources)
        pixels, targets = self._pixels(train, context), train.targets(resources)
        normalise = self.training(context.setting).transform.normalise
        images = normalise(self._pixels(test, context).to(resources.device))
        labels = torch.from_numpy(test.targets(resources))
        sessions = self.shares.drawn(targets, self.classes, context.rng("si-blurry stream"))
        return [
            StreamTask(
                Exemplars(pixels[torch.from_numpy(rows)], torch.from_numpy(targets[rows]), torch.from_numpy(rows)),
                images,
                labels,
            )
            for rows in sessions
        ]

    def evaluate(self, method: ReplayMethod, context: TaskContext) -> Outcome:
        """Take the method through the stream.

        Raises:
            OverBudget: the method keeps more bytes than it may.
            Exception: the method's own.
        """
        from suite.tracks.replay.blurry.evaluation import ClassEvaluation, samples_of
        from suite.tracks.replay.blurry.rehearsal import OnlineRehearsal

        roles, stream, training = Roles(method), self.stream(context), self.training(context.setting)
        inputs = stream[0].samples.inputs
        budget = self.per_class * self.classes * slot_bytes(inputs)
        ends = np.cumsum([len(task.samples) for task in stream])
        steps = np.diff(-(-ends // training.batch) * self.updates, prepend=0).tolist()
        evaluation = ClassEvaluation(stream, steps, self.schedule)
        rehearsal = OnlineRehearsal(
            stream=stream,
            training=training,
            roles=roles,
            budget=budget,
            capacity=budget // slot_bytes(inputs, len(roles.columns)),
            classes=self.classes,
            evaluation=evaluation,
            context=context,
            updates=self.updates,
        )
        rehearsal.run()
        held = np.array(rehearsal.held[-1], dtype=np.int64)
        classes = self.train(context.resources).targets(context.resources)[held]
        spent = costs(ALL, [classes], rehearsal.buffer.bytes, roles.seconds, rehearsal.metered)
        return Outcome(
            samples_of(evaluation, measured=spent),
            {"selector_seconds": roles.seconds},
            facts=self._facts(rehearsal, classes, context),
        )
