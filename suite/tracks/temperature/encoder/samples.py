"""What a cell of a trained encoder leaves behind: what came of each test image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Samples
from suite.tracks.temperature.encoder.metrics import ALIGNMENT, FEW, NEIGHBOURS, PROBE


@dataclass(frozen=True)
class EncoderSamples(Samples):
    """Test images [M], in the seed's order.

    Attributes:
        label: the class; ``probe``, ``few``, ``neighbours``: whether the judges are right about it.
        distance: squared, between the embeddings of two views.
    """

    label: NDArray[np.int64]
    probe: NDArray[np.bool_]
    few: NDArray[np.bool_]
    neighbours: NDArray[np.bool_]
    distance: NDArray[np.float64]

    def influence(self, column: Column) -> Influence | None:
        """Return what each image adds to a mean."""
        judged = {PROBE: self.probe, FEW: self.few, NEIGHBOURS: self.neighbours, ALIGNMENT: self.distance}
        rows = {metric.name: values for metric, values in judged.items()}.get(column.metric)
        return None if rows is None else Influence({"images": np.asarray(rows, np.float64)})
