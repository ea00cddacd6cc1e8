"""A picture of a sweep on prompts: the trade-off between SSCD and CLIP."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.tracks.memorization.frontier import envelope, frontier_score, with_anchors
from suite.tracks.memorization.metrics import FREE, PLAIN

GREY, BLUE = "#9aa0a8", "#0072B2"


def trade_off(kind: str, labels: Sequence[str], means: NDArray[np.float64], placed: NDArray[np.float64]) -> Picture:
    """Return CLIP over SSCD of prompts of a kind.

    Args:
        kind: VM or TM.
        labels: of the P points, from weak to strong.
        means: SSCD and CLIP at plain guidance, at the points and at none [2, P + 2].
        placed: the points in the unit square, whose envelope is drawn [P, 2].
    """
    names, kinds = [PLAIN, *labels, FREE], [PLAIN, *("strength" for _ in labels), FREE]
    rows = [
        {"sscd": round(float(sscd), 4), "clip": round(float(clip), 4), "strength": name, "kind": which}
        for sscd, clip, name, which in zip(*means, names, kinds, strict=True)
    ]
    place = {
        name: {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}
        for name, field, title in (("x", "sscd", "SSCD (disc_mixup)"), ("y", "clip", "CLIP (ViT-B-32, laion2b)"))
    }
    scales = {"color": [GREY, BLUE, GREY], "shape": ["square", "circle", "diamond"]}
    marks = {
        name: {
            **{"field": "kind", "type": "nominal", "title": None, "legend": {"orient": "bottom"}},
            "scale": {"domain": [PLAIN, "strength", FREE], "range": values},
        }
        for name, values in scales.items()
    }
    tooltip = {"tooltip": [{"field": field} for field in ("strength", "sscd", "clip")]}
    line = {
        "data": {"values": [rows[k] for k in envelope(with_anchors(placed))]},
        "mark": {"type": "line", "color": BLUE},
        "encoding": {**place, "order": {"field": "sscd", "type": "quantitative"}},
    }
    points = {"mark": {"type": "point", "size": 90}, "encoding": {**place, **marks, **tooltip}}
    return Picture(
        title=f"Trade-off on {kind} prompts: CLIP over SSCD",
        description=f"{len(labels)} strengths, frontier score {frontier_score(placed):.2f}. Plain guidance has SSCD "
        f"{means[0, 0]:.2f} and CLIP {means[1, 0]:.2f}, none {means[0, -1]:.2f} and {means[1, -1]:.2f}. The line is "
        "the upper envelope, along which a coin mixes two strengths.",
        spec={"height": 360, "data": {"values": rows}, "layer": [line, points]},
    )
