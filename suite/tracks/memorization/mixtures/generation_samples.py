"""What a cell of recursive training leaves behind: the samples of all generations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Metric, Samples, Value
from suite.tracks.memorization.detection.metrics import share

GENERATIONS = 5
SUBSETS = tuple(f"generation {number}" for number in range(1, GENERATIONS + 1))
OUT = share("out_of_support", "lower", "Share of a generation's samples that are out of support.")
LEFT = share(
    "out_of_support_filtered",
    "lower",
    "The same among the 96 % with the lowest scores, on which the next generation is trained.",
)
SPREAD = Metric(
    name="mode_spread",
    direction="higher",
    bounds=(0, None),
    unit="standard deviations",
    definition="Root mean square distance of a coordinate from the nearest mode, of samples in support: 1 for the "
    "mixture itself, more for a denoiser that blurs the modes, less for one that lost their edges.",
)


@dataclass(frozen=True)
class GenerationSamples(Samples):
    """Samples of all generations [N], in the order in which they came about.

    Attributes:
        generation: from 1.
        deviation: the distance from the nearest mode, in its standard deviations, over the root of the number of
            coordinates.
        outside: whether the sample is out of support; kept: whether the filter kept it.
    """

    generation: NDArray[np.int64]
    deviation: NDArray[np.float64]
    outside: NDArray[np.bool_]
    kept: NDArray[np.bool_]

    def influence(self, column: Column) -> Influence | None:
        """Return which of a generation's samples are out of support, all of them or those that the filter kept."""
        if column.subset not in SUBSETS or column.metric not in (OUT.name, LEFT.name):
            return None
        rows = self._rows(column.subset) & (self.kept if column.metric == LEFT.name else True)
        return Influence({column.subset: self.outside[rows].astype(np.float64)})

    def value(self, column: Column) -> Value | None:
        """Return a share, or the spread of a generation that has samples in support."""
        if column.metric != SPREAD.name or column.subset not in SUBSETS:
            return super().value(column)
        inside = self.deviation[self._rows(column.subset) & ~self.outside]
        return Value(float(np.sqrt(np.mean(inside**2))), len(inside)) if len(inside) else None

    def _rows(self, subset: str) -> NDArray[np.bool_]:
        return np.asarray(self.generation == SUBSETS.index(subset) + 1)
