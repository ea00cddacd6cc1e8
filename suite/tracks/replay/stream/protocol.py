"""The protocol of streams of tasks: one learner, one budget, one order of samples a seed; only the selector differs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Column, Ingredient, Metric, Outcome, Resources, Setting, Task, TaskContext, Value
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.errors import SuiteError
from suite.lazy import torch
from suite.tracks.replay.buffer import slot_bytes
from suite.tracks.replay.contract import ReplayMethod
from suite.tracks.replay.cost import costs
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.roles import Roles
from suite.tracks.replay.stream.metrics import ACCURACY, ALL, METRICS, task_name
from suite.tracks.replay.stream.samples import StreamSamples
from suite.tracks.replay.stream.tasks import StreamTask, class_order, relabelled, unmeasurable
from suite.tracks.replay.stream.training import Schedule, Training

if TYPE_CHECKING:
    from suite.tracks.replay.stream.rehearsal import Rehearsal

SCENARIO = Axis(
    "scenario",
    ("class", "domain"),
    about="Whether the network tells all classes apart, or only which of its task's classes an image is, by its "
    "number in the task.",
)
PASSES = Axis("passes", ("online", "offline"), about="Whether the learner sees each sample once or in several epochs.")


class SplitTask(Task[ReplayMethod]):
    """Base of the tasks that split a data set by class. Declare the class attributes and write `training`.

    Without the axis `SCENARIO` a task is class-incremental.

    Attributes:
        train_data, test_data: whose training split the stream is made of, and whose test split is tested on.
        schedule: when the learning curves are measured.
        classes: of the data set; ``splits``: tasks of the stream.
        per_class: samples of each class that the buffer has room for, which makes the budget in bytes.
        per_task: samples of the training split that each task has, drawn by the seed; None for all.
    """

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    primary = Column(metric=ACCURACY.name, subset=ALL)
    gives = frozenset({"task end", "stream", "features", "logits", "losses", "gradients", "history"})
    samples = StreamSamples
    train_data: ClassVar[DataSet]
    test_data: ClassVar[DataSet]
    schedule: ClassVar[Schedule] = Schedule()
    classes: ClassVar[int] = 10
    splits: ClassVar[int] = 5
    per_class: ClassVar[int]
    per_task: ClassVar[int | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.subsets = (ALL, *(task_name(number) for number in range(cls.splits)))

    @abstractmethod
    def training(self, setting: Setting) -> Training:
        """Return how the learner learns under a setting; the transform is the same under all."""

    def train(self, resources: Resources) -> Split:
        """Return what the stream is made of."""
        return Split(self.train_data)

    def test(self, resources: Resources) -> Split:
        """Return the test images."""
        return Split(self.test_data)

    def heads(self, setting: Setting) -> int:
        """Return how many classes the network tells apart under a setting."""
        return self.classes if _scenario(setting) == "class" else self.classes // self.splits

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets; there is no reference model."""
        return tuple(dict.fromkeys((self.train_data, self.test_data)))

    def check(self, context: TaskContext) -> None:
        """Refuse a stream that cannot be measured: see `unmeasurable`."""
        labels = [split(context.resources).targets(context.resources) for split in (self.train, self.test)]
        try:
            problem = unmeasurable(self.class_order(context), *labels)
        except ValueError as error:  # the classes cannot be dealt
            problem = str(error)
        if problem:
            raise SuiteError(
                f"{self.id} cannot be measured: {problem}",
                place=f"{type(self).__module__}.{type(self).__qualname__}",
                next=f"change its splits, classes or data, then: suite run --task {self.id}",
            )

    def prepare(self, context: TaskContext) -> None:
        """Decode the images into the cache."""
        for split in (self.train(context.resources), self.test(context.resources)):
            self._pixels(split, context)

    def evaluate(self, method: ReplayMethod, context: TaskContext) -> Outcome:
        """Take the method through the stream.

        Raises:
            OverBudget: the method keeps more bytes than it may.
            Exception: the method's own.
        """
        roles = Roles(method)
        stream = self.stream(context)
        rehearsal = self._rehearsal(roles, stream, context)
        rehearsal.run()
        held = np.array(rehearsal.held[-1], dtype=np.int64)
        classes = self.train(context.resources).targets(context.resources)[held]
        evaluation = rehearsal.evaluation
        spent = costs(ALL, [classes], rehearsal.buffer.bytes, roles.seconds, rehearsal.metered)
        samples = StreamSamples(
            initial=evaluation.initial,
            matrix=np.stack(evaluation.matrix),
            curve=evaluation.curve,
            tested=np.array([len(task.labels) for task in stream]),
            held=rehearsal.held,
            answers=evaluation.answers,
            measured={**spent, **self.measured(held, stream, context)},
        )
        return Outcome(samples, {"selector_seconds": roles.seconds}, facts=self._facts(rehearsal, classes, context))

    def altered(self, samples: Exemplars, number: int, context: TaskContext) -> Exemplars:
        """Return the samples of a task of the stream as they are learned from: as they are, unless overridden."""
        return samples

    def measured(
        self, held: NDArray[np.int64], stream: Sequence[StreamTask], context: TaskContext
    ) -> dict[Column, Value]:
        """Return further values of what the buffer holds at the end; nothing unless overridden.

        ``held`` are rows of the training split.
        """
        return {}

    def stream(self, context: TaskContext) -> list[StreamTask]:
        """Return the tasks of a seed in their order."""
        resources, scenario, tasks = context.resources, _scenario(context.setting), []
        train, test = self.train(resources), self.test(resources)
        pixels, images = self._pixels(train, context), self._pixels(test, context)
        transform = self.training(context.setting).transform
        train_labels, test_labels = train.targets(resources), test.targets(resources)
        for number, order in enumerate(self.class_order(context)):
            tested = np.flatnonzero(np.isin(test_labels, order))
            labels = relabelled(test_labels[tested], order, scenario)
            normalised = transform.normalise(images[_tensor(tested)].to(resources.device))
            rng = context.rng(f"samples of task {number}")
            rows = rng.permutation(np.flatnonzero(np.isin(train_labels, order)))[: self.per_task]
            targets = _tensor(relabelled(train_labels[rows], order, scenario))
            samples = Exemplars(pixels[_tensor(rows)], targets, _tensor(rows))
            tasks.append(StreamTask(self.altered(samples, number, context), normalised, _tensor(labels)))
        return tasks

    def class_order(self, context: TaskContext) -> list[list[int]]:
        """Return the classes of each task."""
        return class_order(self.classes, context.rng("class order"), self.splits)

    def _rehearsal(self, roles: Roles, stream: list[StreamTask], context: TaskContext) -> Rehearsal:
        from suite.tracks.replay.stream.evaluation import Evaluation
        from suite.tracks.replay.stream.rehearsal import Rehearsal

        training = self.training(context.setting)
        inputs = stream[0].samples.inputs
        budget = self.per_class * self.classes * slot_bytes(inputs)
        steps = [training.epochs * -(-len(task.samples) // training.batch) for task in stream]
        return Rehearsal(
            stream=stream,
            training=training,
            roles=roles,
            budget=budget,
            capacity=budget // slot_bytes(inputs, len(roles.columns)),
            classes=self.heads(context.setting),
            evaluation=Evaluation(stream, steps, self.schedule),
            context=context,
        )

    def _facts(self, rehearsal: Rehearsal, classes: NDArray[np.int64], context: TaskContext) -> dict[str, str]:
        """Return what stands beside the scores; ``classes`` are those of the samples in the buffer at the end."""
        counts = ", ".join(f"{label}: {(classes == label).sum()}" for label in range(self.classes))
        order = " | ".join(" ".join(map(str, part)) for part in self.class_order(context))
        return {
            "learner": str(rehearsal.training),
            "learning curves": str(rehearsal.evaluation.schedule),
            "budget": f"{rehearsal.budget:,} bytes, {rehearsal.capacity:,} samples",
            "classes held": counts if self.classes <= 20 else f"{len(np.unique(classes))} of {self.classes}",
            "class order": order[:300],
        }

    def _pixels(self, split: Split, context: TaskContext) -> torch.Tensor:
        """Return a split's pixels as the buffer stores them [N, H, W, C], uint8, decoded once into the cache."""
        resources, transform = context.resources, self.training(context.setting).transform
        identity = {"transform": transform.identity, **split.identity(resources)}
        tensors = resources.cache.tensors("pixels", identity, lambda: {"pixels": split.pixels(transform, resources)})
        return tensors["pixels"]


def _scenario(setting: Setting) -> str:
    return setting.get(SCENARIO.name, SCENARIO.default)


def _tensor(array: NDArray[np.int64]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))
