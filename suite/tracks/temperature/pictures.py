"""Pictures of a run: the share in the global well over what was spent, and the inverse temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture

HEIGHT = 320
BLUE, ORANGE = "#0072B2", "#D55E00"
"""Okabe and Ito's, told apart with every kind of colour vision."""
BUDGET = {"field": "spent", "type": "quantitative", "scale": {"type": "log"}, "title": "evaluations of a run"}


def share(trace: NDArray[np.uint8], spent: Sequence[int], exact: Sequence[float] | None) -> Picture:
    """Return the share of runs [N, L] with its binomial interval at each checkpoint, and the exact line if any [L]."""
    means, count = trace.mean(axis=0), len(trace)
    half = 1.96 * np.sqrt(means * (1 - means) / count)
    rows: list[dict[str, Any]] = [
        {
            "spent": int(number),
            "share": round(float(mean), 5),
            "low": round(max(0.0, float(mean - wide)), 5),
            "high": round(min(1.0, float(mean + wide)), 5),
            **({} if exact is None else {"exact": round(float(exact[k]), 5)}),
        }
        for k, (number, mean, wide) in enumerate(zip(spent, means, half, strict=True))
        if number > 0
    ]
    y = {"type": "quantitative", "title": "share in the global well", "scale": {"domain": [0, 1]}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
            "encoding": {"x": BUDGET, "y": {"field": "low", **y}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": BLUE, "point": {"size": 12}},
            "encoding": {
                "x": BUDGET,
                "y": {"field": "share", **y},
                "tooltip": [{"field": name} for name in ("spent", "share", *(() if exact is None else ("exact",)))],
            },
        },
    ]
    told = "There is no exact line."
    if exact is not None:
        widest = float(np.abs(means - np.asarray(exact)).max())
        told = f"The exact share at the end is {float(exact[-1]):.4f}; the widest gap to it is {widest:.3f}."
        layers.append(
            {
                "mark": {"type": "line", "color": ORANGE, "strokeDash": [5, 3]},
                "encoding": {"x": BUDGET, "y": {"field": "exact", **y}},
            }
        )
    return Picture(
        title="Share of runs in the global well over what a run has spent"
        + ("" if exact is None else "; dashed: exact"),
        description=f"{count} runs with 95 % binomial intervals, {float(means[-1]):.4f} at the end. {told}",
        spec={"height": HEIGHT, "data": {"values": rows}, "layer": layers},
    )


def temperatures(betas: Sequence[float], spent: Sequence[int]) -> Picture:
    """Return the inverse temperature at each checkpoint [L]."""
    pairs = zip(spent, betas, strict=True)
    rows = [{"spent": int(number), "beta": float(beta)} for number, beta in pairs if number > 0]
    ends = f"from {rows[0]['beta']:.3g} to {rows[-1]['beta']:.3g}"
    return Picture(
        title="Inverse temperature over what a run has spent",
        description=f"Of the coldest walker where walkers differ: {ends}.",
        spec={
            "height": HEIGHT // 2,
            "data": {"values": rows},
            "mark": {"type": "line", "color": BLUE},
            "encoding": {"x": BUDGET, "y": {"field": "beta", "type": "quantitative", "title": "inverse temperature"}},
        },
    )
