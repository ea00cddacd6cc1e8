"""The protocol of accuracy under shift: a method trains a network, which is asked about clean, shifted and OOD images.

It is ranked by the accuracy on shifted ID; what a detector makes of the same network stands on the same row.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from suite.contracts import Column, Ingredient, Method, Metric, Outcome, Resources, Setting, Task, TaskContext, Tuning
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.grid_search import search
from suite.measures.calibration import brier_scores, log_scores
from suite.models.features import linear_head
from suite.models.network import Network
from suite.tracks.ood.generalization.adaptation import Adapter
from suite.tracks.ood.generalization.contract import Learner
from suite.tracks.ood.generalization.learning import Answers, Logits, learned
from suite.tracks.ood.generalization.metrics import ACCURACY, METRICS, SHIFTED
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits
from suite.tracks.ood.samples import is_inside
from suite.tracks.ood.task import at_hand


class GeneralizationTask(Task[Learner]):
    """Base of the tasks. Declare the class attributes and ``shifted``, ``near``, ``far``; write the abstract methods.

    ``shifted`` names the shifted ID sets in the order of the table, ``near`` and ``far`` the OOD sets, which may be
    none. A task whose training images have groups or environments adds ``groups`` and ``environments`` to ``gives``.
    """

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    primary = Column(metric=ACCURACY.name, subset=SHIFTED)
    gives = frozenset({"labelled images"})
    samples: ClassVar[type[PredictedSamples]] = PredictedSamples
    libraries = ("torch._dynamo",)
    shifted: tuple[str, ...]
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "shifted"):
            return
        groups = {"near": cls.near, "far": cls.far}
        names = [f"{group}/{name}" for group, sets in groups.items() for name in sets]
        cls.subsets = (SHIFTED, "id", *(group for group, sets in groups.items() if sets))
        cls.subsets += (*(f"csid/{name}" for name in cls.shifted), *names)
        sizes = {SHIFTED: len(cls.shifted), **{group: len(sets) for group, sets in groups.items()}}
        cls.samples = type("TaskSamples", (cls.samples,), {"sets": sizes, "__module__": cls.__module__})

    @abstractmethod
    def data(self) -> tuple[DataSet, ...]:
        """Return every data set of the task; OOD sets may be optional."""

    @abstractmethod
    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the splits of a seed under a setting; rows are chosen without reading any image."""

    @abstractmethod
    def model(self, seed: int) -> Network:
        """Return the architecture with its transform and recipe; its weights are for methods that adapt them."""

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets, and the trained network where methods are given it."""
        return (*self.data(), *([self.model(seed)] if "test stream" in self.gives else []))

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return also that detectors are not asked: what they make of a network stands beside its accuracy."""
        if not issubclass(method, (Learner, Adapter)):
            return "it ranks methods that train or adapt a network, by its accuracy"
        return super().declines(method, setting, partners)

    @classmethod
    def roles(cls) -> tuple[type[Method], ...]:
        """Return the contracts of the methods that it measures."""
        return (Learner,)

    def check(self, context: TaskContext) -> None:
        """Refuse splits without images, and labels that the network has no class for."""
        splits = self.splits(context.seed, context.resources, self.setting(context.setting))
        classes = linear_head(self.model(context.seed).architecture.build()).out_features
        for name, split in {"training": splits.train, "validation": splits.validation, **splits.inside}.items():
            split.check(name, context.resources, classes)

    def answers(
        self, method: Learner, splits: GroupedSplits, tests: Mapping[str, Split], context: TaskContext
    ) -> Answers:
        """Return the logits of all test images of a method of one of the roles."""
        return learned(method, self.model(context.seed), splits, tests, context)

    def evaluate(self, method: Learner, context: TaskContext) -> Outcome:
        """Have the method train, and keep what its network says of every test image."""
        splits = self.splits(context.seed, context.resources, self.setting(context.setting))
        present = {name: split for name, split in splits.ood.items() if at_hand(split, context.resources)}
        tests = {**splits.inside, **present}
        answers = self.answers(method, splits, tests, context)
        parts = list(self.described(answers.logits, tests, splits, context.resources))
        arrays: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return Outcome(
            samples=self.samples(**arrays),
            cost=answers.cost,
            missing=tuple(name for name in splits.ood if name not in present),
            facts=answers.facts,
        )

    def described(
        self, logits: Mapping[str, Logits], tests: Mapping[str, Split], splits: GroupedSplits, resources: Resources
    ) -> Iterator[dict[str, Any]]:
        """Yield the arrays of the samples, subset by subset."""
        from scipy.special import logsumexp

        for name, values in logits.items():
            rows, inside = tests[name].rows(resources), is_inside(name)
            none = np.full(len(rows), -1, dtype=np.int64)
            labels = tests[name].targets(resources) if inside else none
            energy = np.asarray(logsumexp(values, axis=1))
            yield {
                "subset": np.full(len(rows), name, dtype=object),
                "row": rows,
                "label": labels,
                "group": splits.test_groups.get(name, none),
                "predicted": values.argmax(axis=1),
                "log_confidence": values.max(axis=1) - energy,
                "energy": energy,
                "log_score": log_scores(values, labels) if inside else np.zeros(len(rows)),
                "brier_score": brier_scores(values, labels) if inside else np.zeros(len(rows)),
            }

    def tune(
        self, method: type[Learner], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the point of the grid with the largest accuracy on validation images, which are not shifted."""
        splits = self.splits(context.seed, context.resources, self.setting(context.setting))
        labels = splits.validation.targets(context.resources)

        def accuracy(candidate: Learner) -> float:
            answers = self.answers(candidate, splits, {"id": splits.validation}, context)
            return float((answers.logits["id"].argmax(axis=1) == labels).mean())

        measured, digest = "accuracy on validation images", splits.validation_digest(context.resources)
        return search(method, fixed, grid, accuracy, measured=measured, data=digest)
