"""The protocol of encoders: the same weights, batches, views and updates to every method; it chooses temperatures.

1. An encoder is trained with a contrastive loss, at an inverse temperature beta = 1 / tau for each update.
2. It stays as it is, and a linear probe and nearest neighbours say what its embeddings are worth.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Column, Ingredient, Method, Outcome, Setting, Task, TaskContext, Value
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.lazy import torch
from suite.tracks.temperature.contract import Annealer, AnnealingContext, Schedule
from suite.tracks.temperature.encoder import judge, metrics
from suite.tracks.temperature.encoder.contrast import Objective, viewed
from suite.tracks.temperature.encoder.metrics import PROBE, TEST
from suite.tracks.temperature.encoder.samples import EncoderSamples
from suite.tracks.temperature.encoder.walkers import EncoderWalkers, Training
from suite.tracks.temperature.metrics import BETA, EVALUATIONS, SECONDS

OBJECTIVE = Axis(
    "objective", ("infonce", "infoloob"), about="The loss: with the positive in the sum of the denominator, or without."
)
CLASSES = Axis(
    "classes",
    ("even", "long-tail"),
    about="Whether the images that train the encoder are as many of each class, or fewer of some, down to a tenth.",
)
TAIL = 10


class ContrastiveTask(Task[Annealer]):
    """Base of the tasks that train an encoder. Declare the class attributes of a task and these.

    Attributes:
        data: whose images; ``transform`` of them; ``train``: how many train the encoder, the others are the test.
        training: how; ``epochs``: the time of the budget, in which schedules count.
        hottest, coldest: the range of inverse temperatures that methods are told.
    """

    metrics = metrics.METRICS
    primary = Column(metric=PROBE.name, subset=TEST)
    subsets = (TEST,)
    gives = frozenset({"loss"})
    libraries = ("torch._dynamo",)
    axes = (OBJECTIVE, CLASSES)
    samples = EncoderSamples
    data: ClassVar[DataSet]
    transform: ClassVar[Transform]
    train: ClassVar[int]
    training: ClassVar[Training]
    hottest: ClassVar[float]
    coldest: ClassVar[float]

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data set."""
        return (self.data,)

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return why a method is not measured: besides schedules, those that make something of the loss are."""
        if reason := super().declines(method, setting, partners):
            return reason
        if issubclass(method, Schedule) or "loss" in method.needs | method.uses:
            return ""
        return "there is one encoder and no noise, and so no law of energies at a temperature"

    def check(self, context: TaskContext) -> None:
        """Refuse a part without images, or of one class: a probe of it says nothing of the embeddings."""
        for name, split in zip(("training", "test"), self.parts(context), strict=True):
            split.check(name, context.resources)
            split.check_classes(name, context.resources)

    def parts(self, context: TaskContext) -> tuple[Split, Split]:
        """Return the images that train and those that test, drawn by the seed."""
        rows = context.rng("split").permutation(len(self.data.open(context.resources)))
        return Split(self.data, rows[: self.train]), Split(self.data, rows[self.train :])

    def walkers(self, context: TaskContext) -> EncoderWalkers:
        """Return the encoder before its training."""
        split, _ = self.parts(context)
        if context.setting.get(CLASSES.name) == "long-tail":
            split = split.part(tailed(split.targets(context.resources), context.rng("tail")), context.resources)
        objective = cast(Objective, context.setting.get(OBJECTIVE.name, OBJECTIVE.default))
        return EncoderWalkers(self.training, self._images(split, context), objective, self.coldest, context)

    def told(self, context: TaskContext) -> AnnealingContext:
        """Return what a method is told; time is in epochs of all ``train`` images, on a long tail too."""
        return AnnealingContext(
            **vars(context.method),
            runs=1,
            step=self.training.batch / self.train,
            steps=self.training.updates,
            hottest=self.hottest,
            coldest=self.coldest,
            barrier=None,
        )

    def evaluate(self, method: Annealer, context: TaskContext) -> Outcome:
        """Let the method spend the budget, and judge the embeddings of the test.

        Raises:
            ValueError: it asks for more than the budget, or for what is no temperature; or it never walks.
        """
        train, test = self.parts(context)
        labels, truth = (split.targets(context.resources) for split in (train, test))
        known, asked = (self._images(split, context) for split in (train, test))
        walkers = self.walkers(context)
        untrained = judge.probed(walkers.embedded(known), labels, walkers.embedded(asked)) == truth
        started = time.perf_counter()
        method.anneal(walkers, self.told(context))
        seconds, betas = time.perf_counter() - started, walkers.record.betas
        if not betas:
            raise ValueError(f"{method.name} makes no step")
        inside, outside = walkers.embedded(known), walkers.embedded(asked)
        generator, some = context.method.generator("task:test views"), judge.few(labels)
        uniformity = judge.uniformity(outside)
        numbers = {metrics.UNIFORMITY: uniformity, BETA: betas[-1], EVALUATIONS: walkers.used, SECONDS: seconds}
        samples = EncoderSamples(
            label=truth,
            probe=judge.probed(inside, labels, outside) == truth,
            few=judge.probed(inside[torch.from_numpy(some)], labels[some], outside) == truth,
            neighbours=judge.of_neighbours(inside, labels, outside) == truth,
            distance=judge.distances(*(walkers.embedded(viewed(asked, generator)) for _ in range(2))),
            measured={
                Column(metric=each.name, subset=TEST): Value(float(x), len(truth)) for each, x in numbers.items()
            },
        )
        facts = {
            "probe of the untrained encoder": f"{100 * untrained.mean():.1f} %",
            "images that train": str(len(walkers.images)),
        }
        return Outcome(samples=samples, cost={"anneal_seconds": seconds}, facts=facts)

    def _images(self, split: Split, context: TaskContext) -> torch.Tensor:
        return self.transform.normalise(split.pixels(self.transform, context.resources))


def tailed(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return places of labels [N] of which classes, in a random order, have geometrically fewer: the last a tenth."""
    classes = rng.permutation(np.unique(labels))
    shares = np.geomspace(1, 1 / TAIL, len(classes))
    kept = [np.flatnonzero(labels == c) for c in classes]
    return np.concatenate([rows[: round(share * len(rows))] for rows, share in zip(kept, shares, strict=True)])
