"""The protocol of the OOD track, the same for every task: one trained network, ID against named OOD sets.

A task says which splits and which network; this says how a detector is fitted, fed and measured.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from suite.contracts import Column, Metric, Outcome, Resources, TaskContext
from suite.data.split import Split
from suite.models.accuracy import right
from suite.models.network import Network
from suite.tracks.ood.fitting import FittedMethod, OODMethod, fit
from suite.tracks.ood.metrics import AUROC, METRICS
from suite.tracks.ood.samples import DetectionSamples, ScoredSamples
from suite.tracks.ood.splits import Development, Splits
from suite.tracks.ood.task import DetectionTask, at_hand


class OODTask(DetectionTask):
    """Base of the OOD tasks. Declare the class attributes and `near`, `far`; write `splits`, `model` and `data`.

    ``near`` and ``far`` name the OOD data sets in the order of the table, ``shifted`` the covariate-shifted ID sets. A
    task with such is a full-spectrum one (OpenOOD v1.5): in every comparison with OOD, the ID side is the pool of all
    that is ID, and each shifted set is compared alone with the near-OOD sets besides.
    """

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    primary = Column(metric=AUROC.name, subset="near")
    samples: ClassVar[type[ScoredSamples]] = DetectionSamples
    near: tuple[str, ...]
    far: tuple[str, ...]
    shifted: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not (hasattr(cls, "near") and hasattr(cls, "far")):
            return
        names = [*(f"near/{name}" for name in cls.near), *(f"far/{name}" for name in cls.far)]
        cls.subsets = ("near", "far", *names, "id", *(f"csid/{name}" for name in cls.shifted))

        class TaskSamples(DetectionSamples):
            sets = {"near": len(cls.near), "far": len(cls.far)}

        cls.samples = TaskSamples

    @abstractmethod
    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits of a seed; rows are chosen without reading any image."""

    def development(self, seed: int, resources: Resources) -> Development:
        """Return the splits without the tests."""
        return self.splits(seed, resources).development

    def tests(self, seed: int, resources: Resources) -> Iterable[Split]:
        """Return the ID and OOD test splits."""
        splits = self.splits(seed, resources)
        return (*splits.inside.values(), *splits.ood.values())

    def evaluate(self, method: OODMethod, context: TaskContext) -> Outcome:
        """Fit the method on ID training data and score a random mixture of all test samples."""
        splits = self.splits(context.seed, context.resources)
        return self.tested(fit(method, self.given_model(context.seed), splits.development, context), splits, context)

    def tested(self, fitted: FittedMethod, splits: Splits, context: TaskContext, **kept: float) -> Outcome:
        """Score a random mixture of all test samples that are at hand; numbers are ``kept`` with every sample."""
        resources, model = context.resources, self.given_model(context.seed)
        present = {subset: split for subset, split in splits.ood.items() if at_hand(split, resources)}
        answers = fitted.test({**splits.inside, **present}, "test-order")
        count = len(answers.arrays["score"])
        arrays = {**answers.arrays, **{name: np.full(count, value) for name, value in kept.items()}}
        return Outcome(
            samples=self.samples(**arrays),
            cost={**fitted.cost, "score_seconds": answers.seconds},
            missing=tuple(subset for subset in splits.ood if subset not in present),
            facts={**_facts(model, (splits.test, splits.validation), resources), **self.network_facts, **fitted.facts},
        )


def _facts(model: Network, splits: tuple[Split, ...], resources: Resources) -> dict[str, str]:
    """Return what to say of the reference model: which it is, and its accuracy on all held-out ID images."""
    hits = np.concatenate([right(model, split, resources) for split in splits])
    return {
        "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
        "reference accuracy on held-out ID images": f"{100 * hits.mean():.2f} % of {len(hits):,}",
    }
