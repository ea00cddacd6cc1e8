"""Pictures of one problem of a run: what was found of the representatives, and the risk between them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.tracks.basins.dynamics.systems import SYSTEMS
from suite.tracks.basins.landscape import Landscape, landscape, rounded

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
"""Okabe and Ito's, told apart with every kind of colour vision; with more labels they start again. Black numbers can be
read on all of them."""
NOTHING = "none"
"""In place of a label where the method failed."""
HEIGHT = 420
LEGEND = {"orient": "bottom", "direction": "horizontal"}
"""Below the picture, where a legend with many labels takes nothing from its height."""


def basin_pictures(
    problem: str,
    starts: NDArray[np.float64],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    risks: Mapping[str, NDArray[np.float64]],
    axes: tuple[str, str] = ("x", "y"),
) -> tuple[Picture, ...]:
    """Return a picture of representatives that start at ``starts`` [K, d], and one of each of the ``risks`` [K, K].

    ``labels`` [K] are the true ones, ``predicted`` [K] the method's, or None if it failed. The representatives lie in
    the potential of the system that the problem is named after, as ``embedding/system``. If none is named so they are
    drawn alone, by their first two coordinates, whose titles are ``axes``.
    """
    system = SYSTEMS.get(problem.rsplit("/", 1)[-1])
    ground = None if system is None else landscape(system, starts)
    matrices = [_matrix(title, risk, labels) for title, risk in risks.items()]
    return (_representatives(starts, labels, predicted, ground, axes), *matrices)


def renumbered(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return predicted labels [K] with the numbers of the basins that they stand for, given the true ``labels`` [K].

    Which label stands for which basin is the assignment, one to one, under which most representatives agree. Labels
    that stand for none get numbers beyond the basins'.
    """
    from scipy.optimize import linear_sum_assignment

    basins, groups = np.unique(labels), np.unique(predicted)
    shared = np.array([[np.sum((labels == basin) & (predicted == group)) for group in groups] for basin in basins])
    partner = dict(zip(*reversed(linear_sum_assignment(shared, maximize=True)), strict=True))
    beyond = count(basins.max() + 1)
    names = {
        group: basins[partner[k]] if k in partner and shared[partner[k], k] else next(beyond)
        for k, group in enumerate(groups)
    }
    return np.array([names[group] for group in predicted], dtype=np.int64)


def _representatives(
    starts: NDArray[np.float64],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    ground: Landscape | None,
    axes: tuple[str, str],
) -> Picture:
    numbers = np.arange(len(labels))
    true = labels.astype(str)
    found = np.full(len(true), NOTHING) if predicted is None else renumbered(labels, predicted).astype(str)
    if ground is not None:
        y, title = ground.heights, ground.title or axes[1]
    elif starts.shape[1] > 1:
        y, title = starts[:, 1], axes[1]
    else:
        y, title = numbers.astype(float), "representative"
    rows = [
        {
            "representative": k,
            "x": rounded(starts[k, 0]),
            "y": rounded(y[k]),
            "found": str(found[k]),
            "true": str(true[k]),
            "verdict": "agrees" if found[k] == true[k] else "differs",
        }
        for k in numbers.tolist()
    ]
    shown = sorted({*found, *true}, key=lambda name: (name == NOTHING, len(name), name))
    text = {"type": "text", "color": "black", "fontSize": 10, "fontWeight": "bold"}
    layers = [_marks(list(map(str, shown))), {"mark": text, "encoding": {"text": {"field": "true"}}}]
    differing = [str(row["representative"]) for row in rows if row["verdict"] == "differs"]
    outcome = "; the method failed" if predicted is None else f", {len(set(found))} found"
    verdict = f"The label differs at representatives {', '.join(differing)}." if differing else "All labels agree."
    return Picture(
        title="Representatives: colour is the basin found, number the true one",
        description=f"{len(rows)} representatives, {len(set(true))} basins{outcome}. {verdict} "
        "A label found has the number of the true basin that it stands for.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "encoding": {"x": _place("x", axes[0]), "y": _place("y", title)},
            "layer": layers if ground is None else [ground.layer, *layers],
        },
    )


def _place(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False, "nice": False}}


def _marks(names: list[str]) -> dict[str, Any]:
    colours = [COLOURS[k % len(COLOURS)] if name != NOTHING else "#9aa0a8" for k, name in enumerate(names)]
    fill = {"field": "found", "type": "nominal", "scale": {"domain": names, "range": colours}, "legend": LEGEND}
    verdicts = {"domain": ["agrees", "differs"], "range": ["circle", "square"]}
    shape = {"field": "verdict", "type": "nominal", "title": "label", "scale": verdicts, "legend": LEGEND}
    fields = ("representative", "found", "true", "verdict", "x", "y")
    return {
        "mark": {"type": "point", "size": 240, "stroke": "white", "strokeWidth": 1.5, "opacity": 1},
        "encoding": {"fill": fill, "shape": shape, "tooltip": [{"field": field} for field in fields]},
    }


def _matrix(title: str, risk: NDArray[np.float64], labels: NDArray[np.int64]) -> Picture:
    """Return the risk between representatives [K, K], ordered by true basin, lines between the basins."""
    order = np.lexsort((np.arange(len(labels)), labels))
    names = [f"{labels[k]}·{k}" for k in order]
    cells = [
        {"row": row, "column": column, "risk": rounded(risk[i, j])}
        for i, row in zip(order, names, strict=True)
        for j, column in zip(order, names, strict=True)
    ]
    first = [{"name": names[k]} for k in range(1, len(order)) if labels[order[k]] != labels[order[k - 1]]]
    every = {"labelOverlap": "greedy", "labelSeparation": 0, "labelFontSize": 10}
    place = {"type": "ordinal", "title": "true basin · representative", "scale": {"domain": names}, "axis": every}
    axes = {"x": {"field": "column", **place}, "y": {"field": "row", **place}}
    line = {"data": {"values": first}, "mark": {"type": "rule", "color": "white", "strokeWidth": 2}}
    lines = [{**line, "encoding": {channel: {**place, "field": "name", "bandPosition": 0}}} for channel in axes]
    scale = {"domain": [0, 0.5], "scheme": "cividis", "clamp": True}
    color = {"field": "risk", "type": "quantitative", "scale": scale}
    # With a stroke of the same colour, or the page would shine through between the cells.
    heat = {"mark": {"type": "rect", "tooltip": True}, "encoding": {**axes, "color": color, "stroke": color}}
    return Picture(
        title=title,
        description=f"{title} of each pair of representatives. {_extremes(risk, labels)}",
        spec={"height": HEIGHT, "layer": [{"data": {"values": cells}, **heat}, *lines]},
    )


def _extremes(risk: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    above = np.triu(np.ones(risk.shape, dtype=bool), 1)
    together = labels[:, None] == labels
    within, between = risk[above & together], risk[above & ~together]
    parts = [f"smallest within a basin {within.min():.3f}"] if within.size else []
    parts += [f"largest between basins {between.max():.3f}"] if between.size else []
    return f"{', '.join(parts).capitalize()}."
