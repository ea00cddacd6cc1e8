"""Pictures of a run: on which images quantization changed the answer, and how much of the signal was left there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.tracks.quantization.metrics import LARGEST_SQNR

Flags = NDArray[np.bool_]
BINS = 40
HEIGHT = 300
OUTCOMES = (
    "same answer, right",
    "same answer, wrong",
    "changed, now wrong",
    "changed, now right",
    "changed, both wrong",
)
"""By what became of the FP32 model's answer; colours and order of the legend follow them."""
COLOURS = ("#5b8fb9", "#a9b1bf", "#b34a00", "#1a7f4b", "#8a3fa0")


def answer_picture(
    labels: NDArray[Any], reference: NDArray[Any], predicted: NDArray[Any], signal: NDArray[Any], noise: NDArray[Any]
) -> Picture:
    """Return a histogram of each image's signal-to-noise ratio, by what became of the FP32 model's answer.

    Args:
        labels, reference, predicted: of N images: the true class, the FP32 model's, the quantized model's [N].
        signal, noise: summed squares of the FP32 logits, and of the differences from them [N].
    """
    ratios = decibels(signal, noise)
    groups = outcomes(labels, reference, predicted)
    edges = np.linspace(ratios.min(), max(ratios.max(), ratios.min() + 1), BINS + 1)
    counted = np.array([np.histogram(ratios[members], edges)[0] for members in groups.values()])
    tops = counted.cumsum(axis=0)  # Vega-Lite stacks no bars that span a range
    values = [
        {
            "outcome": name,
            "from": round(float(edges[place]), 2),
            "to": round(float(edges[place + 1]), 2),
            "images": int(counted[row, place]),
            "top": int(tops[row, place]),
            "bottom": int(tops[row, place] - counted[row, place]),
        }
        for row, name in enumerate(groups)
        for place in np.flatnonzero(counted[row])
    ]
    counts = "; ".join(f"{name}: {members.sum()}" for name, members in groups.items())
    return Picture(
        title="Images by what is left of their logits",
        description=f"Histogram of the signal-to-noise ratio of the logits of {len(labels)} images, in dB, by what "
        f"became of the FP32 model's answer. {counts}.",
        spec={
            "height": HEIGHT,
            "data": {"values": values},
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "title": "SQNR of the logits (dB)",
                    "scale": {"zero": False},
                },
                "x2": {"field": "to"},
                "y": {"field": "top", "type": "quantitative", "title": "images"},
                "y2": {"field": "bottom"},
                "color": {
                    "field": "outcome",
                    "type": "nominal",
                    "legend": {"orient": "top", "title": None, "columns": 3},
                    "scale": {"domain": list(OUTCOMES), "range": list(COLOURS)},
                },
                "tooltip": [{"field": field} for field in ("outcome", "from", "to", "images")],
            },
        },
    )


def outcomes(labels: NDArray[Any], reference: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Flags]:
    """Return which images fall under each of `OUTCOMES` [N]; every image falls under one."""
    same, was, now = predicted == reference, reference == labels, predicted == labels
    members = (same & now, same & ~now, was & ~now, ~was & now, ~same & ~was & ~now)
    return dict(zip(OUTCOMES, members, strict=True))


def decibels(signal: NDArray[Any], noise: NDArray[Any]) -> NDArray[np.float64]:
    """Return each image's signal over noise [N], within what the metric of all images can be."""
    ratios = 10 * np.log10(np.maximum(signal, 1e-300) / np.maximum(noise, 1e-300))
    return np.asarray(np.clip(ratios, -LARGEST_SQNR, LARGEST_SQNR), dtype=np.float64)
