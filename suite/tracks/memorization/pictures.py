"""Pictures of a run: the trade-off, |e| over steps, who escapes, and samples beside their nearest training images."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.tracks.memorization import metrics
from suite.tracks.memorization.frontier import envelope
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN

if TYPE_CHECKING:
    from suite.tracks.memorization.rows import SweepRows

HEIGHT = 360
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
"""Okabe and Ito's, told apart with every kind of colour vision."""
MOST_IMAGES, MOST_PIXELS = 10, 4000
LEGEND = {"orient": "bottom", "direction": "horizontal", "columns": 2}


def trade_off(samples: SweepRows) -> Picture:
    """Return alignment over the share memorized: the sweep, both anchors, and the envelope whose area is the score."""
    sweep = samples.sweep()
    means = {name: values.mean(axis=1) for name, values in samples.by_caption.items()}
    labels = [samples.strength[samples.subset == point][0] for point in samples.points]
    kinds = ["plain guidance", *("in the gate" if fits else "outside the gate" for fits in sweep.inside), "no guidance"]
    rows: list[dict[str, Any]] = [
        {
            "memorized": _rounded(means[metrics.MEMORIZED.name][k]),
            "alignment": _rounded(means[metrics.ALIGNED.name][k]),
            "strength": str(label),
            "kind": kind,
        }
        for k, (label, kind) in enumerate(zip([PLAIN, *labels, FREE], kinds, strict=True))
    ]
    ordinary = _rounded(samples.aligned[samples.subset == ORDINARY].mean())
    shapes = ["plain guidance", "in the gate", "outside the gate", "no guidance"]
    place = {"x": _axis("memorized", "share memorized"), "y": _axis("alignment", "alignment")}
    marks = {
        "color": {
            "field": "kind",
            "type": "nominal",
            "title": None,
            "legend": LEGEND,
            "scale": {"domain": shapes, "range": ["#9aa0a8", BLUE, ORANGE, "#9aa0a8"]},
        },
        "shape": {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": shapes, "range": ["square", "circle", "circle", "diamond"]},
        },
        "tooltip": [{"field": name} for name in ("strength", "memorized", "alignment", "kind")],
    }
    corners = np.flatnonzero([kind != "outside the gate" for kind in kinds])[envelope(sweep.placed)]
    line = {
        "data": {"values": [rows[k] for k in corners.tolist()]},
        "mark": {"type": "line", "color": BLUE},
        "encoding": {**place, "order": {"field": "memorized", "type": "quantitative"}},
    }
    level = {
        "mark": {"type": "rule", "strokeDash": [4, 4], "color": GREEN},
        "encoding": {"y": {"datum": ordinary}},
    }
    score = sweep.value(metrics.FRONTIER.name)
    return Picture(
        title="Trade-off: alignment over the share memorized",
        description=f"{len(labels)} strengths, frontier score {score:.2f}. Plain guidance memorizes "
        f"{100 * rows[0]['memorized']:.0f} % at alignment {100 * rows[0]['alignment']:.0f} %. The line is the upper "
        "envelope, along which a coin mixes two strengths; the broken line is the alignment of ordinary captions, "
        f"{100 * ordinary:.0f} %. {int((~sweep.inside).sum())} strengths are outside "
        "the gate of fidelity.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "layer": [level, line, {"mark": {"type": "point", "size": 90}, "encoding": {**place, **marks}}],
        },
    )


def norms_over_steps(samples: SweepRows) -> Picture:
    """Return the mean of |e| at each step under plain guidance: copies, other samples, and ordinary captions."""
    groups = {
        "copies": (samples.subset == PLAIN) & samples.memorized,
        "not copied": (samples.subset == PLAIN) & ~samples.memorized,
        "ordinary captions": samples.subset == ORDINARY,
    }
    means = {
        name: np.array([samples.norms[row] for row in np.flatnonzero(rows).tolist()]).mean(axis=0)
        for name, rows in groups.items()
        if rows.any()
    }
    rows = [
        {"step": step, "norm": _rounded(norm), "group": name}
        for name, norms in means.items()
        for step, norm in enumerate(norms)
    ]
    colour = {
        "field": "group",
        "type": "nominal",
        "title": None,
        "legend": LEGEND,
        "scale": {"domain": list(groups), "range": [ORANGE, BLUE, GREEN]},
    }
    first = "; ".join(f"{name} {norms[0]:.2f}" for name, norms in means.items())
    return Picture(
        title="|e| at each step under plain guidance",
        description=f"Mean norm of the conditional noise prediction less the unconditional one. At the first step: "
        f"{first}.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "mark": {"type": "line", "point": True},
            "encoding": {"x": _axis("step", "step"), "y": _axis("norm", "|e|"), "color": colour},
        },
    )


def escape_by_norm(samples: SweepRows) -> Picture:
    """Return at which strength each initial noise escapes, over |e| at the first step of plain guidance."""
    norms = samples.guidance[(samples.subset == PLAIN) & samples.memorized]
    count = len(samples.points)
    rows = [
        {"norm": _rounded(norm), "point": int(point), "escapes": "never" if point > count else "escapes"}
        for norm, point in zip(norms, samples.escapes, strict=True)
    ]
    colour = {
        "field": "escapes",
        "type": "nominal",
        "title": None,
        "legend": LEGEND,
        "scale": {"domain": ["escapes", "never"], "range": [BLUE, ORANGE]},
    }
    never = int((samples.escapes > count).sum())
    return Picture(
        title="The strength at which each initial noise escapes, by |e| at the first step",
        description=f"{len(rows)} samples that plain guidance memorizes; {never} of them stay copies at every one of "
        f"the {count} strengths.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "opacity": 0.6},
            "encoding": {
                "x": _axis("norm", "|e| at the first step"),
                "y": _axis("point", "strength at which it escapes"),
                "color": colour,
            },
        },
    )


def beside_originals(samples: SweepRows, rows: NDArray[np.int64]) -> Picture:
    """Return images of some rows, each above the training image that is nearest to it."""
    size = len(samples.image[int(rows[0])])
    side = isqrt(size) if isqrt(size) ** 2 == size else isqrt(size // 3)  # grey, or three channels
    shown = rows[: max(1, min(MOST_IMAGES, MOST_PIXELS // (2 * side * side)))]
    cells: list[dict[str, Any]] = []
    for place, row in enumerate(shown.tolist()):
        verdict = "a copy" if samples.memorized[row] else "no copy"
        for down, pixels in enumerate((samples.image[row], samples.original[row])):
            grey = np.asarray(pixels, dtype=float).reshape(-1, side, side).mean(axis=0)
            for y, x in np.ndindex(side, side):
                cells.append(
                    {
                        "x": place * (side + 1) + x,
                        "y": down * (side + 1) + y,
                        "grey": int(grey[y, x]),
                        "caption": int(samples.caption[row]),
                        "verdict": verdict,
                    }
                )
    bars = [
        {"x": place * (side + 1) + x, "y": side}
        for place in np.flatnonzero(samples.memorized[shown]).tolist()
        for x in range(side)
    ]
    across, down_to = len(shown) * (side + 1), 2 * (side + 1)
    grid = {
        "x": {"field": "x", "type": "ordinal", "axis": None, "scale": {"domain": list(range(across))}},
        "y": {"field": "y", "type": "ordinal", "axis": None, "scale": {"domain": list(range(down_to))}},
    }
    grey_scale = {
        "field": "grey",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 255], "range": ["black", "white"]},
    }
    tooltip = [{"field": "caption"}, {"field": "verdict"}]
    return Picture(
        title="Samples, and below each the nearest training image: a bar marks copies",
        description=f"The first noise of {len(shown)} captions; {int(samples.memorized[shown].sum())} of them are "
        "copies.",
        spec={
            "height": 160,
            "layer": [
                {
                    "data": {"values": cells},
                    "mark": {"type": "rect", "strokeWidth": 0},
                    "encoding": {**grid, "color": grey_scale, "tooltip": tooltip},
                },
                {
                    "data": {"values": bars},
                    "mark": {"type": "rect", "strokeWidth": 0, "color": ORANGE},
                    "encoding": grid,
                },
            ],
        },
    )


def _axis(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def _rounded(value: float) -> float:
    return round(float(value), 4)
