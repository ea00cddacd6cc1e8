"""Detection on quantized networks: what is left of it at a precision, beside what is left of accuracy."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from suite.contracts import Column, Resources, TaskContext
from suite.data.split import Split, SplitImages
from suite.measures.calibration import brier_scores, log_scores
from suite.models.accuracy import right
from suite.models.features import extract
from suite.tracks.quantization.detection.detectors import asked, energy, nearness
from suite.tracks.quantization.detection.metrics import KEPT, METRICS
from suite.tracks.quantization.detection.samples import DETECTORS, GROUPS, HARDEST, TOLD, KeptSamples
from suite.tracks.quantization.evaluation import Evaluation, Facts, Measured
from suite.tracks.quantization.protocol import QuantizationTask
from suite.tracks.quantization.samples import TEST

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

KEYS = ("features", "logits")
HARDEST_SHARE = 0.1
"""Of the classes, and at least one."""


class KeptDetectionTask(QuantizationTask):
    """Base of the tasks that ask what quantization leaves of detection. Write also `outside` and `bank`.

    Two detectors run on each network's own logits and features: the energy (Liu et al. 2020, T = 1) and the distance
    to the k-th nearest training feature on the unit sphere (Sun et al. 2022), with the bank made by the same network.

    Attributes:
        near, far: names of the OOD sets.
        neighbours: k.
        classes: how many there are.
    """

    metrics = METRICS
    primary = Column(metric=KEPT.name, subset="near")
    subsets = (*GROUPS, *(f"{group}-{each}" for group in GROUPS for each in DETECTORS), TOLD, TEST, HARDEST)
    samples: ClassVar[type[KeptSamples]] = KeptSamples
    near: ClassVar[tuple[str, ...]]
    far: ClassVar[tuple[str, ...]]
    neighbours: ClassVar[int]
    classes: ClassVar[int]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

        class TaskSamples(KeptSamples):
            sets = {"near": len(cls.near), "far": len(cls.far)}
            classes = cls.classes

        cls.samples = TaskSamples

    @abstractmethod
    def outside(self, resources: Resources) -> dict[str, Split]:
        """Return the OOD sets at hand, as ``near/<set>`` and ``far/<set>``."""

    @abstractmethod
    def bank(self, resources: Resources) -> Split:
        """Return the training images whose features are the neighbours."""

    def prepare(self, context: TaskContext) -> None:
        """Run the network on all images."""
        super().prepare(context)
        for split in (*self.outside(context.resources).values(), self.bank(context.resources)):
            extract(self.given_model(), split, context.resources)

    def answers(
        self, network: nn.Module, evaluation: Evaluation, numbers: Measured, context: TaskContext
    ) -> tuple[KeptSamples, Facts, tuple[str, ...]]:
        """Ask the network about test and OOD images, mixed in an order that its method cannot know."""
        resources = context.resources
        audited, facts = evaluation.audit(network, self.spec(context))
        splits = {TEST: self.test(resources), **self.outside(resources)}
        counts = [len(split.rows(resources)) for split in splits.values()]
        order = context.order("test order").permutation(sum(counts))
        transform = self.given_model().transform
        features, logits = asked(network, SplitImages(tuple(splits.values()), transform, resources, order))
        bank, _ = asked(network, SplitImages((self.bank(resources),), transform, resources))
        was_features, was_logits = self._original(resources, *splits.values())
        was_bank, _ = self._original(resources, self.bank(resources))
        labels, inside = np.full(len(order), -1), slice(counts[0])
        labels[inside] = splits[TEST].targets(resources)
        log_score, brier_score = np.zeros(len(order)), np.zeros(len(order))
        log_score[inside] = log_scores(logits[inside], labels[inside])
        brier_score[inside] = brier_scores(logits[inside], labels[inside])
        samples = self.samples(
            subset=np.repeat(np.array(list(splits), dtype=object), counts),
            row=np.concatenate([split.rows(resources) for split in splits.values()]),
            label=labels,
            reference=was_logits.argmax(axis=1),
            predicted=logits.argmax(axis=1),
            reference_energy=energy(was_logits),
            energy=energy(logits),
            reference_knn=nearness(was_features, was_bank, self.neighbours),
            knn=nearness(features, bank, self.neighbours),
            confidence=np.exp(logits.max(axis=1) - energy(logits)),
            log_score=log_score,
            brier_score=brier_score,
            hard=np.isin(labels, self._hardest(resources)),
            measured=numbers | audited,
        )
        missing = tuple(name for name in self.subsets if name.startswith(GROUPS) and not _is_there(name, splits))
        return samples, facts, missing

    def _original(self, resources: Resources, *splits: Split) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the FP32 network's features and logits of splits."""
        found = [extract(self.given_model(), split, resources) for split in splits]
        features, logits = (np.concatenate([each[key].double().numpy() for each in found]) for key in KEYS)
        return features, logits

    def _hardest(self, resources: Resources) -> NDArray[np.int64]:
        """Return the classes on which the FP32 network does worst on validation images, which are in no test."""
        validation = self.validation(resources)
        assert validation is not None, "these tasks have validation images"
        hits, labels = right(self.given_model(), validation, resources), validation.targets(resources)
        accuracy = [hits[labels == each].mean() for each in range(self.classes)]
        return np.argsort(accuracy, kind="stable")[: max(1, round(HARDEST_SHARE * self.classes))]


def _is_there(subset: str, splits: Iterable[str]) -> bool:
    return any(name.partition("/")[0] == subset.partition("-")[0] for name in splits)
