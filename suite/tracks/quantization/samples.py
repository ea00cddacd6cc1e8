"""What a quantized model answers on the test images, beside its FP32 original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.contracts import Column, Influence, Picture, Samples
from suite.contracts.samples import Value
from suite.measures.probabilities import BRIER, CALIBRATION, LOG, calibration
from suite.tracks.quantization.metrics import ACCURACY, AGREEMENT, DROP, LARGEST_SQNR, SQNR

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEST = "test"
"""The subset of the test images."""


@dataclass(frozen=True)
class QuantizationSamples(Samples):
    """Answers on the N test images; what is measured of the model as a whole stands in ``measured``.

    Attributes:
        rows, labels: of the test images [N].
        reference: the FP32 model's classes [N].
        predicted: the quantized model's [N].
        signal, noise: summed squares of the FP32 logits, and of the differences from them [N].
        confidence: the quantized model's largest probability [N]; ``log_score`` and ``brier_score`` of its
            probabilities [N]. Earlier versions of the suite stored none of the three.
    """

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    reference: NDArray[np.int64]
    predicted: NDArray[np.int64]
    signal: NDArray[np.float64]
    noise: NDArray[np.float64]
    confidence: NDArray[np.float64] | None = None
    log_score: NDArray[np.float64] | None = None
    brier_score: NDArray[np.float64] | None = None

    def value(self, column: Column) -> Value | None:
        """Return a value: signal-to-noise ratio and calibration here, the others as `Samples` has them."""
        if column == Column(metric=SQNR.name, subset=TEST):
            return Value(self._sqnr(), len(self.rows))
        if column == Column(metric=CALIBRATION, subset=TEST) and self.confidence is not None:
            return calibration([(self.confidence, np.equal(self.predicted, self.labels))])
        return super().value(column)

    def influence(self, column: Column) -> Influence | None:
        """Return each image's part in the means over images; the other columns have none."""
        if column.subset != TEST:
            return None
        correct = (self.predicted == self.labels).astype(np.float64)
        parts = {
            ACCURACY.name: correct,
            DROP.name: (self.reference == self.labels).astype(np.float64) - correct,
            AGREEMENT.name: (self.predicted == self.reference).astype(np.float64),
            LOG: self.log_score,
            BRIER: self.brier_score,
        }
        part = parts.get(column.metric)
        return None if part is None else Influence({TEST: part})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return a histogram of the test images; nothing of what is measured of the model as a whole."""
        from suite.tracks.quantization.pictures import answer_picture

        if subset != TEST or not len(self.rows):
            return ()
        return (answer_picture(self.labels, self.reference, self.predicted, self.signal, self.noise),)

    def _sqnr(self) -> float:
        """Return signal over noise of the logits, in decibels."""
        noise = self.noise.sum()
        if noise == 0:
            return LARGEST_SQNR
        return float(min(10 * np.log10(max(self.signal.sum(), 1e-300) / noise), LARGEST_SQNR))
