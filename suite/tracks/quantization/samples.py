"""What a quantized model answers on the test images, beside its FP32 original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.contracts import Column, Influence, Picture, Samples
from suite.contracts.samples import Value
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
    """

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    reference: NDArray[np.int64]
    predicted: NDArray[np.int64]
    signal: NDArray[np.float64]
    noise: NDArray[np.float64]

    def value(self, column: Column) -> Value | None:
        """Return a value: the signal-to-noise ratio here, the others as `Samples` has them."""
        if column == Column(metric=SQNR.name, subset=TEST):
            return Value(self._sqnr(), len(self.rows))
        return super().value(column)

    def influence(self, column: Column) -> Influence | None:
        """Return each image's part in accuracy, drop and agreement; the other columns have none."""
        if column.subset != TEST:
            return None
        correct = (self.predicted == self.labels).astype(np.float64)
        parts = {
            ACCURACY.name: correct,
            DROP.name: (self.reference == self.labels).astype(np.float64) - correct,
            AGREEMENT.name: (self.predicted == self.reference).astype(np.float64),
        }
        return Influence({TEST: parts[column.metric]}) if column.metric in parts else None

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
