"""A picture of a run: accuracy over the grid of rates, with the regimes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture

COLOURS = {"1": "#0072B2", "2A": "#009E73", "2B": "#E69F00", "3": "#CC79A7"}
"""Okabe and Ito's, told apart with every kind of colour vision."""


def accuracies(means: NDArray[np.float64], rates: Sequence[float], regime: Sequence[str], chosen: int) -> Picture:
    """Return test accuracies [N] over rates, coloured by regime; the chosen rate is a larger point."""
    rows: list[dict[str, Any]] = [
        {
            "rate": float(rate),
            "accuracy": round(float(mean), 5),
            "regime": str(kind),
            "chosen": "by validation data" if place == chosen else "no",
        }
        for place, (mean, rate, kind) in enumerate(zip(means, rates, regime, strict=True))
    ]
    x = {"field": "rate", "type": "quantitative", "scale": {"type": "log"}, "title": "effective rate"}
    y = {"field": "accuracy", "type": "quantitative", "title": "test accuracy", "scale": {"zero": False}}
    colour = {"field": "regime", "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())}}
    size = {"condition": {"test": "datum.chosen != 'no'", "value": 220}, "value": 60}
    best = int(np.argmax(means))
    return Picture(
        title="Test accuracy at the end over the grid of rates, by regime of plain training",
        description=f"{len(rows)} rates; {means[chosen]:.4f} at {rates[chosen]:.3g}, which validation data choose, in "
        f"regime {regime[chosen]}; at most {means[best]:.4f}, at {rates[best]:.3g} in regime {regime[best]}.",
        spec={
            "height": 320,
            "data": {"values": rows},
            "layer": [
                {"mark": {"type": "line", "color": "#999999"}, "encoding": {"x": x, "y": y}},
                {
                    "mark": {"type": "point", "filled": True, "opacity": 1},
                    "encoding": {
                        "x": x,
                        "y": y,
                        "size": size,
                        "color": colour,
                        "tooltip": [{"field": name} for name in ("rate", "accuracy", "regime", "chosen")],
                    },
                },
            ],
        },
    )
