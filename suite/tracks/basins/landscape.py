"""The potential as a layer of a Vega-Lite specification, on which representatives can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.tracks.basins.dynamics.oracle import grid, grid_energies
from suite.tracks.basins.dynamics.system import System

HIGHEST = 12.0
"""In kT above the lowest point. What lies higher is drawn as if it were no higher, or as a curve not at all."""
POINTS = {1: 240, 2: 60}
"""Points of the drawn potential along each coordinate, by dimension: the oracle's grid is finer than an eye needs."""
GREYS = ("#3d424b", "#d3d6db")
"""From the lowest point to `HIGHEST`; on both, and on a light and a dark page, coloured marks stand out."""
CURVE = "#80858f"


@dataclass(frozen=True)
class Landscape:
    """The drawn potential of a system of one or two dimensions.

    Attributes:
        layer: a heat map over ``x`` and ``y``, or a curve of ``y`` over ``x``.
        heights: y of the curve at each of the starts [K], or their second coordinate.
        title: of the axis of y, None for the second coordinate.
    """

    layer: dict[str, Any]
    heights: NDArray[np.float64]
    title: str | None


def landscape(system: System, starts: NDArray[np.float64]) -> Landscape:
    """Return the landscape under representatives that start at ``starts`` [K, d], d = 1 or 2."""
    coarse = replace(system, grid=POINTS[system.dimension])
    energies = grid_energies(coarse) / system.temperature
    levels = energies - energies.min()
    axes = grid(coarse)
    if system.dimension == 1:
        return Landscape(_curve(axes[0], levels), np.interp(starts[:, 0], axes[0], levels), "potential (kT)")
    return Landscape(_heat_map(axes[0], axes[1], levels), starts[:, 1], None)


def rounded(value: float) -> float:
    """Return a value with four digits after the point: enough for a picture, and a fraction of the text."""
    return round(float(value), 4)


def _curve(x: NDArray[np.float64], levels: NDArray[np.float64]) -> dict[str, Any]:
    points = [
        {"x": rounded(place), "y": rounded(level) if level <= HIGHEST else None}
        for place, level in zip(x, levels, strict=True)
    ]
    return {"data": {"values": points}, "mark": {"type": "line", "color": CURVE, "strokeWidth": 2}}


def _heat_map(x: NDArray[np.float64], y: NDArray[np.float64], levels: NDArray[np.float64]) -> dict[str, Any]:
    # A little larger than the distance of the points, or the page would shine through between the cells.
    across, up = (0.55 * (axis.max() - axis.min()) / (len(axis) - 1) for axis in (x, y))
    cells = [
        {"x": rounded(a), "y": rounded(b), "kT": round(float(level), 2)}
        for a, b, level in zip(x.ravel(), y.ravel(), np.minimum(levels, HIGHEST).ravel(), strict=True)
    ]
    edges = {"left": f"datum.x - {across:.6f}", "right": f"datum.x + {across:.6f}"}
    edges |= {"low": f"datum.y - {up:.6f}", "high": f"datum.y + {up:.6f}"}
    color = {
        "field": "kT",
        "type": "quantitative",
        "title": "potential (kT)",
        "scale": {"domain": [0, HIGHEST], "range": list(GREYS)},
    }
    return {
        "data": {"values": cells},
        "transform": [{"calculate": formula, "as": name} for name, formula in edges.items()],
        "mark": "rect",
        "encoding": {
            "x": {"field": "left", "type": "quantitative"},
            "x2": {"field": "right"},
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
            "color": color,
        },
    }
