"""What a cell of a trained encoder leaves behind: what came of each test image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Samples
from suite.tracks.temperature.encoder import metrics


@dataclass(frozen=True)
class EncoderSamples(Samples):
    """Test images [M], in the seed's order.

    Attributes:
        label: the class; ``probe``, ``few``, ``neighbours``: whether the judges are right about it.
        distance: squared, between the embeddings of two views; ``x``, ``y``: leading components of the embedding.
    """

    label: NDArray[np.int64]
    probe: NDArray[np.bool_]
    few: NDArray[np.bool_]
    neighbours: NDArray[np.bool_]
    distance: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def influence(self, column: Column) -> Influence | None:
        """Return what each image adds to a mean."""
        means = {
            metrics.PROBE.name: self.probe,
            metrics.FEW.name: self.few,
            metrics.NEIGHBOURS.name: self.neighbours,
            metrics.ALIGNMENT.name: self.distance,
        }
        rows = means.get(column.metric)
        return None if rows is None else Influence({"images": np.asarray(rows, np.float64)})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the plane of the embeddings' two leading components, by class."""
        places = zip(self.label.tolist(), self.x.round(4).tolist(), self.y.round(4).tolist(), strict=True)
        rows = [{"class": label, "x": x, "y": y} for label, x, y in places]
        axes = {name: {"field": name, "type": "quantitative", "title": None} for name in ("x", "y")}
        spec = {
            "height": 320,
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 20, "opacity": 0.7},
            "encoding": {**axes, "color": {"field": "class", "type": "nominal", "scale": {"scheme": "tableau10"}}},
        }
        told = f"{len(rows)} test images of {len(np.unique(self.label))} classes."
        return (Picture(title="Embeddings of the test, two leading components", description=told, spec=spec),)
