"""The protocol of OOD detection under a shift that grows level by level, with a few labelled ID samples at each.

A method is fitted on the ID training data, which are level 0, and scored there. Then, level by level, it may adapt to
the few ID samples that arrive, and is scored on ID and OOD samples shifted alike. Post-hoc detectors stay as fitted.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.data.split import Split
from suite.tracks.ood.fitting import OODMethod, fit
from suite.tracks.ood.metrics import AUROC, FPR95, ID_ACCURACY
from suite.tracks.ood.samples import MEAN, ShiftedSamples
from suite.tracks.ood.task import DetectionTask


@dataclass(frozen=True)
class Level:
    """One level of the shift: ID and OOD test samples, and the labelled ID samples that arrive before they do."""

    test: Split
    ood: Split
    arriving: Split


class ShiftingTask(DetectionTask):
    """Base of the tasks that shift. Declare the class attributes and ``shifts``; write `development`, which is before
    any shift, `level`, `model` and `data`.

    ``shifts`` are the shift's sizes, the first of which is none. The subsets are ``level-0`` and so on, and ``mean``,
    the unweighted mean over the levels.
    """

    metrics = (AUROC, FPR95, ID_ACCURACY)
    primary = Column(metric=AUROC.name, subset=MEAN)
    samples = ShiftedSamples
    shifts: tuple[float, ...]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "shifts"):
            cls.subsets = (MEAN, *(f"level-{number}" for number in range(len(cls.shifts))))

    @abstractmethod
    def level(self, number: int, seed: int, resources: Resources) -> Level:
        """Return a level's splits. What arrives is in no test split."""

    def levels(self, seed: int, resources: Resources) -> list[Level]:
        """Return every level of a seed, in order."""
        return [self.level(number, seed, resources) for number in range(len(self.shifts))]

    def tests(self, seed: int, resources: Resources) -> Iterable[Split]:
        """Return the ID and OOD test splits of every level."""
        return (split for level in self.levels(seed, resources) for split in (level.test, level.ood))

    def evaluate(self, method: OODMethod, context: TaskContext) -> Outcome:
        """Fit the method, walk through the levels, let it adapt at each but the first, and score it there."""
        resources, model = context.resources, self.given_model(context.seed)
        fitted = fit(method, model, self.development(context.seed, resources), context)
        adapting = scoring = 0.0
        levels = []
        for number, level in enumerate(self.levels(context.seed, resources)):
            if number:
                started = time.perf_counter()
                fitted.adapt(level.arriving)
                adapting += time.perf_counter() - started
            answers = fitted.test({"id": level.test, "ood": level.ood}, f"test-order-{number}")
            scoring += answers.seconds
            levels.append({**answers.arrays, "level": np.full(len(answers.arrays["score"]), number)})
        arrays: dict[str, Any] = {name: np.concatenate([level[name] for level in levels]) for name in levels[0]}
        return Outcome(
            samples=ShiftedSamples(**arrays),
            cost={**fitted.cost, "adapt_seconds": adapting, "score_seconds": scoring},
            facts={
                "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
                **self.network_facts,
                **fitted.facts,
            },
        )
