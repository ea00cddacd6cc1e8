"""Pictures of a run: forgetting by Hopfield energy, of deciles and of each sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Picture
from suite.stats.sampled import normal_interval
from suite.tracks.replay.denoising.metrics import ENERGY_CORRELATION, FORGETTING
from suite.tracks.replay.denoising.samples import ALL, BASIS, DECILES, Retained, from_table

if TYPE_CHECKING:
    import pyarrow as pa

KEPT, LOST = "replayed", "not replayed"
COLOURS = {KEPT: "#D55E00", LOST: "#56B4E9"}
"""Okabe and Ito's."""
HEIGHT = 420


def forgetting_pictures(samples: pa.Table, subset: str) -> tuple[Picture, ...]:
    """Return mean forgetting by decile of energy and forgetting by energy; nothing for images of task 2.

    Raises:
        KeyError: the table is none of a denoising task.
    """
    if subset != ALL:
        return ()
    retained = from_table(samples)
    return (_by_decile(retained), _by_sample(retained))


def _by_decile(retained: Retained) -> Picture:
    rows = []
    for number, name in enumerate(DECILES, start=1):
        values = retained.part(Column(metric=FORGETTING.name, subset=name))
        if values is None:
            continue
        interval = normal_interval({name: values}, basis=BASIS)
        mean = float(values.mean())
        low, high = (mean, mean) if interval is None else (interval.low, interval.high)
        of_decile = retained.replayed[retained.decile == number]
        rows.append(
            {
                "decile": number,
                "forgetting": _rounded(mean),
                "low": _rounded(low),
                "high": _rounded(high),
                "samples": len(values),
                KEPT: int(of_decile.sum()),
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


def _by_sample(retained: Retained) -> Picture:
    columns = (retained.old.rows, retained.old.labels, retained.energy, retained.forgetting, retained.replayed)
    rows = [
        {
            "row": int(row),
            "class": int(label),
            "energy": _rounded(energy),
            "forgetting": _rounded(forgotten),
            "buffer": KEPT if kept else LOST,
        }
        for row, label, energy, forgotten, kept in zip(*columns, strict=True)
    ]
    found = retained.correlation(ENERGY_CORRELATION.name)
    names = [LOST, KEPT]
    colour = {"domain": names, "range": [COLOURS[name] for name in names]}
    buffer: dict[str, Any] = {"field": "buffer", "type": "nominal", "title": None}
    legend = {"orient": "bottom", "direction": "horizontal"}
    return Picture(
        title="Forgetting by energy",
        description=f"Each of {len(rows):,} task-1 samples, {int(retained.replayed.sum()):,} of them replayed: rise of "
        f"its reconstruction error by its Hopfield energy. Spearman correlation {found:.2f}.",
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
                        "shape": {**buffer, "scale": {"domain": names, "range": ["circle", "diamond"]}},
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
