"""Accuracy along a continuous severity: the same test images, shifted a little further at each step of a dial."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Interval, Metric, Picture, Setting, TaskContext, Tuning, Value
from suite.data.split import Split
from suite.grid_search import search
from suite.hashing import digest
from suite.measures.probabilities import LEVEL
from suite.models.accuracy import right
from suite.tracks.ood.generalization.adapting import AdaptingTask
from suite.tracks.ood.generalization.curve import crossings, failure_point
from suite.tracks.ood.generalization.learning import Answers
from suite.tracks.ood.generalization.metrics import CLEAN, METRICS, SHIFTED
from suite.tracks.ood.generalization.repeated import RepeatedSamples
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

SHARE = 0.5
FAILURE = Metric(
    name="failure_point",
    direction="higher",
    bounds=(0, 1),
    unit="severity",
    definition="Least severity, 0 for none and 1 for the largest of the dial, at which the accuracy falls under one "
    "half, by straight lines between the severities measured; 1 where it never does.",
)
RESAMPLES = 1000
Numbers = NDArray[np.float64]


def severity_of(subset: str) -> float:
    """Return the severity of ``csid/severity-0.3``; 0 of the clean subset."""
    return 0.0 if subset == CLEAN else float(subset.rpartition("-")[2])


@dataclass(frozen=True)
class SeveritySamples(RepeatedSamples):
    """The samples of a task with a dial: the same images, in the same order, at each severity."""

    @property
    def hits(self) -> tuple[Numbers, Numbers]:
        """The severities [S], and whether each image is right at each [S, N]."""
        names = sorted(dict.fromkeys(map(str, self.subset)), key=severity_of)
        rows = [(self.predicted == self.label)[self.subset == name] for name in names]
        return np.array([severity_of(name) for name in names]), np.stack(rows).astype(np.float64)

    def value(self, column: Column) -> Value | None:
        """Return also the failure point, over the whole dial, with its bootstrap interval over images."""
        if column.metric != FAILURE.name:
            return super().value(column)
        if column.subset != SHIFTED:
            return None
        severities, hits = self.hits
        count = hits.shape[1]
        weights = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=RESAMPLES) / count
        draws = failure_point(severities, weights @ hits.T, SHARE)
        low, high = np.quantile(draws, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
        value = float(failure_point(severities, hits.mean(axis=1), SHARE))
        return Value(value, count, interval=Interval(float(low), float(high), LEVEL, "bootstrap over images", count))

    def influence(self, column: Column) -> Influence | None:
        """Return none for the failure point."""
        return None if column.metric == FAILURE.name else super().influence(column)

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the accuracy along the dial, for all severities together."""
        return (curve_picture(*self.hits),) if subset == SHIFTED else super().pictures(subset)


def curve_picture(severities: Numbers, hits: Numbers) -> Picture:
    """Return the accuracy at each severity, of hits [S, N], with the share under which a network fails."""
    accuracies = hits.mean(axis=1)
    points = [{"severity": float(s), "accuracy": float(a)} for s, a in zip(severities, accuracies, strict=True)]
    failure = float(failure_point(severities, accuracies, SHARE))
    percent = {"format": "%"}
    return Picture(
        title="Accuracy along the severity",
        description=f"Accuracy from {100 * accuracies[0]:.1f} % at severity {severities[0]:g} to "
        f"{100 * accuracies[-1]:.1f} % at {severities[-1]:g}; it falls under {100 * SHARE:g} % at {failure:.2f}.",
        spec={
            "height": 300,
            "encoding": {
                "x": {"field": "severity", "type": "quantitative", "title": "severity"},
                "y": {"field": "accuracy", "type": "quantitative", "axis": percent, "scale": {"domain": [0, 1]}},
            },
            "layer": [
                {"data": {"values": points}, "mark": {"type": "line", "point": True, "tooltip": True}},
                {
                    "data": {"values": [{"accuracy": SHARE}]},
                    "mark": {"type": "rule", "strokeDash": [4, 4], "opacity": 0.5},
                    "encoding": {"x": None},
                },
            ],
        },
    )


class SeverityTask(AdaptingTask):
    """Base of the tasks with a dial. Declare ``severities`` and ``development``, and write `at`.

    ``severities`` are those of the test, which begin above 0; ``development`` those at which a method may be tuned, on
    validation images. No severity is in both.
    """

    metrics = (*METRICS[:1], FAILURE, *METRICS[2:5])
    samples: ClassVar[type[PredictedSamples]] = SeveritySamples
    severities: tuple[float, ...]
    development: tuple[float, ...]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "severities"):
            cls.shifted = tuple(f"severity-{severity:g}" for severity in cls.severities)
        super().__init_subclass__(**kwargs)

    @abstractmethod
    def at(self, split: Split, severity: float, setting: Setting) -> Split:
        """Return a split's images at a severity."""

    def answers(self, method: Any, splits: GroupedSplits, tests: Mapping[str, Split], context: TaskContext) -> Answers:
        """Return the answers, with where the method and the network as it is change places."""
        answers = super().answers(method, splits, tests, context)
        if CLEAN not in tests or len(tests) == 1:
            return answers
        severities = np.array([severity_of(name) for name in tests])
        labels = {name: split.targets(context.resources) for name, split in tests.items()}
        mine = np.array([(answers.logits[name].argmax(axis=1) == labels[name]).mean() for name in tests])
        model = self.model(context.seed)
        known = np.array([right(model, split, context.resources).mean() for split in tests.values()])
        return Answers(
            answers.logits,
            answers.cost,
            {**answers.facts, "against the network as it is": lead(severities, mine, known)},
        )

    def tune(
        self, method: type[Any], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the point with the largest mean accuracy on validation images at the development severities."""
        resources, setting = context.resources, self.setting(context.setting)
        splits = self.splits(context.seed, resources, setting)
        shifted = {f"csid/severity-{s:g}": self.at(splits.validation, s, setting) for s in self.development}
        labels = splits.validation.targets(resources)

        def accuracy(candidate: Any) -> float:
            logits = AdaptingTask.answers(self, candidate, splits, shifted, context).logits
            return float(np.mean([(values.argmax(axis=1) == labels).mean() for values in logits.values()]))

        measured = f"mean accuracy on validation images at severity {', '.join(f'{s:g}' for s in self.development)}"
        data = digest({name: split.identity(resources) for name, split in shifted.items()})
        return search(method, fixed, grid, accuracy, measured=measured, data=data)


def lead(severities: Numbers, mine: Numbers, known: Numbers) -> str:
    """Return in words where a curve of accuracy [S] is over that of the network as it is, and where under it."""
    places = crossings(severities, mine, known)
    apart = np.flatnonzero(mine != known)
    if not apart.size:
        return "the same at every severity"
    over = bool(mine[apart[0]] > known[apart[0]])
    ends = [float(severities[0]), *places, float(severities[-1])]
    parts = [
        f"{'over' if over == (number % 2 == 0) else 'under'} it from severity {start:.2f} to {end:.2f}"
        for number, (start, end) in enumerate(pairwise(ends))
    ]
    return ", ".join(parts)
