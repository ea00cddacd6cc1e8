"""Pictures of a run: forgetting by Hopfield energy, of deciles and of each sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.stats.sampled import normal_interval

Columns = Mapping[str, NDArray[Any]]
"""Columns of `DenoisingSamples`, and ``forgetting``, for the samples of task 1 [N]."""
KEPT, LOST = "replayed", "not replayed"
COLOURS = {KEPT: "#D55E00", LOST: "#56B4E9"}
"""Okabe and Ito's."""
HEIGHT = 420


def by_decile(columns: Columns) -> Picture:
    """Return mean forgetting by decile of energy."""
    rows = []
    for decile in np.unique(columns["decile"]).tolist():
        values, replayed = (columns[name][columns["decile"] == decile] for name in ("forgetting", "replayed"))
        mean = float(values.mean())
        interval = normal_interval({"decile": values}, basis="")
        low, high = (mean, mean) if interval is None else (interval.low, interval.high)
        rows.append(
            {
                "decile": decile,
                "forgetting": _rounded(mean),
                "low": _rounded(low),
                "high": _rounded(high),
                "samples": len(values),
                KEPT: int(replayed.sum()),
            }
        )
    x = {"field": "decile", "type": "ordinal", "title": "decile of energy, 1 the lowest", "axis": {"labelAngle": 0}}
    y = {"type": "quantitative", "title": "mean rise of the squared error"}
    fields = ("decile", "forgetting", "low", "high", "samples", KEPT)
    colour = COLOURS[LOST]
    first, last = rows[0]["forgetting"], rows[-1]["forgetting"]
    return Picture(
        title="Forgetting by decile of energy",
        description=f"Mean rise of the reconstruction error, with its 95 % interval over samples: {first:g} in the "
        f"lowest decile of energy, {last:g} in the highest.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "encoding": {"x": x},
            "layer": [
                {
                    "mark": {"type": "rule", "color": colour, "strokeWidth": 2},
                    "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 90, "color": colour, "opacity": 1},
                    "encoding": {
                        "y": {**y, "field": "forgetting"},
                        "tooltip": [{"field": field} for field in fields],
                    },
                },
            ],
        },
    )


def by_sample(columns: Columns, correlation: float) -> Picture:
    """Return forgetting by energy of each sample; ``correlation`` is Spearman's of the two."""
    names = ("row", "label", "energy", "forgetting", "replayed")
    rows = [
        {
            "row": int(row),
            "class": int(label),
            "energy": _rounded(energy),
            "forgetting": _rounded(forgotten),
            "buffer": KEPT if kept else LOST,
        }
        for row, label, energy, forgotten, kept in zip(*(columns[name] for name in names), strict=True)
    ]
    replayed = int(columns["replayed"].sum())
    domain = [LOST, KEPT]
    colour = {"domain": domain, "range": [COLOURS[name] for name in domain]}
    buffer: dict[str, Any] = {"field": "buffer", "type": "nominal", "title": None}
    legend = {"orient": "bottom", "direction": "horizontal"}
    return Picture(
        title="Forgetting by energy",
        description=f"Each of {len(rows):,} task-1 samples, {replayed:,} of them replayed: rise of "
        f"its reconstruction error by its Hopfield energy. Spearman correlation {correlation:.2f}.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "layer": [
                {
                    "mark": {"type": "point", "filled": True, "size": 25, "opacity": 0.6},
                    "encoding": {
                        "x": _place("energy", "Hopfield energy"),
                        "y": _place("forgetting", "rise of the squared error"),
                        "color": {**buffer, "scale": colour, "legend": legend},
                        "shape": {**buffer, "scale": {"domain": domain, "range": ["circle", "diamond"]}},
                        "tooltip": [{"field": field} for field in ("row", "class", "energy", "forgetting", "buffer")],
                    },
                }
            ],
        },
    )


def _place(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False, "nice": False}}


def _rounded(value: float) -> float:
    return float(f"{float(np.float64(value)):.5g}")
