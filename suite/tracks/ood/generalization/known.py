"""Calibration where the true probabilities are known, so that measures of it can themselves be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Metric, Resources, Value
from suite.data.split import Split
from suite.measures.calibration import plug_in_calibration_error, true_calibration_error
from suite.tracks.ood.generalization.learning import Logits
from suite.tracks.ood.generalization.metrics import ACCURACY, BRIER, CALIBRATION, LOG
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

Numbers = NDArray[np.float64]
EXCESS_LOG = Metric(
    name="excess_log_score",
    direction="lower",
    bounds=(0, None),
    unit="nats",
    definition="Mean Kullback-Leibler divergence of the probabilities from the true ones: by so much the expected "
    "log_score is larger than that of the true probabilities.",
)
EXCESS_BRIER = Metric(
    name="excess_brier_score",
    direction="lower",
    bounds=(0, 2),
    unit="squared probability",
    definition="Mean squared distance of the probabilities from the true ones: by so much the expected brier_score is "
    "larger than that of the true probabilities.",
)
TRUE_CALIBRATION = Metric(
    name="true_calibration_error",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="As calibration_error, with the true probability of the predicted class in the place of whether it is "
    "right: what calibration_error and plug_in_calibration_error are two estimates of.",
)
PLUG_IN = Metric(
    name="plug_in_calibration_error",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="As calibration_error, without taking off what chance adds: the usual estimate.",
)


@dataclass(frozen=True)
class KnownSamples(PredictedSamples):
    """Test images whose class probabilities are known.

    Attributes:
        truth: true probability of the predicted class [N].
        excess_log, excess_brier: divergence and squared distance of the probabilities from the true ones [N].
    """

    truth: Numbers
    excess_log: Numbers
    excess_brier: Numbers

    def value(self, column: Column) -> Value | None:
        """Return also the calibration errors by the truth and by the usual estimate, the mean over sets."""
        if column.metric not in (TRUE_CALIBRATION.name, PLUG_IN.name):
            return super().value(column)
        masks = [self.subset == name for name in self.named(column.subset)]
        errors = [self._error(column.metric, rows) for rows in masks]
        return Value(float(np.mean(errors)), sum(int(rows.sum()) for rows in masks)) if errors else None

    def _error(self, metric: str, rows: NDArray[np.bool_]) -> float:
        confidence = np.exp(self.log_confidence[rows])
        if metric == PLUG_IN.name:
            return plug_in_calibration_error(confidence, np.equal(self.predicted, self.label)[rows])
        return true_calibration_error(confidence, self.truth[rows])

    def _parts(self, metric: str) -> Numbers | None:
        excess = {EXCESS_LOG.name: self.excess_log, EXCESS_BRIER.name: self.excess_brier}
        return excess[metric] if metric in excess else super()._parts(metric)


class KnownTask(GeneralizationTask):
    """Base of tasks whose images' class probabilities are known: `KnownRows` are what their data sets open."""

    metrics = (ACCURACY, EXCESS_LOG, LOG, EXCESS_BRIER, BRIER, TRUE_CALIBRATION, CALIBRATION, PLUG_IN)
    primary = Column(metric=EXCESS_LOG.name, subset="id")
    samples: ClassVar[type[PredictedSamples]] = KnownSamples

    def described(
        self, logits: Mapping[str, Logits], tests: Mapping[str, Split], splits: GroupedSplits, resources: Resources
    ) -> Iterator[dict[str, Any]]:
        """Yield also how far the probabilities are from the true ones."""
        from scipy.special import log_softmax

        for part, (name, values) in zip(
            super().described(logits, tests, splits, resources), logits.items(), strict=True
        ):
            rows: Any = tests[name].data.open(resources)
            truth = rows.probabilities[part["row"]]
            logarithms = np.asarray(log_softmax(values, axis=1))
            yield {
                **part,
                "truth": truth[np.arange(len(truth)), part["predicted"]],
                "excess_log": _divergence(truth, logarithms),
                "excess_brier": np.square(np.exp(logarithms) - truth).sum(axis=1),
            }


def _divergence(truth: Numbers, logarithms: Numbers) -> Numbers:
    """Return the Kullback-Leibler divergence [N] of probabilities, given by their logarithms [N, C], from the truth."""
    from scipy.special import xlogy

    return np.asarray(np.maximum((xlogy(truth, truth) - truth * logarithms).sum(axis=1), 0.0))
