"""Pictures of a run: how the scores of ID and OOD are distributed, and what each threshold accepts of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.measures.detection import auroc
from suite.tracks.ood.plane import Plane

Scores = NDArray[np.float64]
BINS = 60
CURVE_POINTS = 400
HEIGHT = 300
PERCENT = {"format": "%"}
LEGEND = {"orient": "top", "title": None}


def detection_pictures(inside: Scores, outside: Mapping[str, Scores], name: str) -> tuple[Picture, ...]:
    """Return the histograms of ID scores, which are those of subset ``name``, and OOD scores, and the ROC curves."""
    return (
        histogram_picture({name: inside, **outside}),
        roc_picture({subset: (inside, scores) for subset, scores in outside.items()}, name),
    )


def histogram_picture(groups: Mapping[str, Scores]) -> Picture:
    """Return the distributions of several subsets' scores over shared bins."""
    medians = "; ".join(f"median of {name}: {np.median(scores):.3g}" for name, scores in groups.items())
    fields = ("subset", "from", "to", "share")
    return Picture(
        title="Scores",
        description=f"Histogram of the scores of {' and '.join(groups)}. {medians}. "
        "The bins span the middle 99 % of the scores; the outermost hold everything beyond.",
        spec={
            "height": HEIGHT,
            "data": {"values": histogram(groups)},
            "mark": {"type": "bar", "opacity": 0.55},
            "encoding": {
                "x": {"field": "from", "type": "quantitative", "title": "score", "scale": {"zero": False}},
                "x2": {"field": "to"},
                "y": {"field": "share", "type": "quantitative", "title": "share of the subset", "axis": PERCENT},
                "y2": {"datum": 0},
                "color": {"field": "subset", "type": "nominal", "legend": LEGEND, "sort": list(groups)},
                "tooltip": [{"field": field} for field in fields],
            },
        },
    )


def roc_picture(pairs: Mapping[str, tuple[Scores, Scores]], inside: str) -> Picture:
    """Return the ROC curve of each pair of ID and OOD scores; ``inside`` names the ID subset."""
    points = [
        {"against": name, "number": number, "other": share, "reference": accepted}
        for name, pair in pairs.items()
        for number, (share, accepted) in enumerate(zip(*(side.tolist() for side in thinned(*roc(*pair))), strict=True))
    ]
    areas = "; ".join(
        f"against {name} {auroc(*pair):.4f}, exact over {len(pair[0])} and {len(pair[1])} samples"
        for name, pair in pairs.items()
    )
    line = {"type": "line", "tooltip": True}
    chance = {"values": [{"other": 0, "reference": 0}, {"other": 1, "reference": 1}]}
    order = {"field": "number", "type": "quantitative"}
    color = {"field": "against", "type": "nominal", "legend": LEGEND, "sort": list(pairs)}
    return Picture(
        title="ROC curve",
        description=f"ROC curve of {inside}. Area {areas}. At most {CURVE_POINTS} points are drawn.",
        spec={
            "height": HEIGHT,
            "encoding": {"x": _share("other", "accepted of OOD"), "y": _share("reference", f"accepted of {inside}")},
            "layer": [
                {"data": chance, "mark": {"type": "line", "strokeDash": [4, 4], "opacity": 0.4, "color": "#808080"}},
                {"data": {"values": points}, "mark": line, "encoding": {"order": order, "color": color}},
            ],
        },
    )


def border_picture(
    plane: Plane, names: Sequence[str], subset: NDArray[np.object_], accepted: NDArray[np.bool_]
) -> Picture:
    """Return a detector's border in the plane, with the images that it shows of the subsets ``names``.

    ``subset`` [K] and ``accepted`` [K] say of each image in the plane where it is from and whether it is accepted.
    """
    points = [
        {"subset": name, "x": x, "y": y, "verdict": "accepted" if kept else "refused"}
        for name, (x, y), kept in zip(subset, plane.places.tolist(), accepted, strict=True)
        if name in names
    ]
    share = np.mean(plane.levels >= 0)
    x, y = (
        {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False, "nice": False}}
        for field, title in (("left", "first principal component"), ("low", "second principal component"))
    )
    ground = {"type": "rect", "color": "#808080", "opacity": 0.35}
    shape = {"domain": ["accepted", "refused"], "range": ["circle", "cross"]}
    return Picture(
        title="Border in the plane of two principal components",
        description=f"Grey is where a feature in the plane through the mean of the ID training features is accepted: "
        f"{share:.0%} of the drawn part. Its edge is the level set of the score at the boundary. The plane holds "
        f"{plane.share:.0%} of the variance of the training features. Images of {' and '.join(names)} are projected "
        "onto it and marked by whether they are accepted where they lie, which is off the plane.",
        spec={
            "height": 420,
            "layer": [
                {
                    "data": {"values": plane.accepted()},
                    "mark": ground,
                    "encoding": {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "high"}},
                },
                {
                    "data": {"values": points},
                    "mark": {"type": "point", "filled": False, "size": 40, "tooltip": True},
                    "encoding": {
                        "x": {"field": "x", "type": "quantitative"},
                        "y": {"field": "y", "type": "quantitative"},
                        "color": {"field": "subset", "type": "nominal", "legend": LEGEND, "sort": list(names)},
                        "shape": {"field": "verdict", "type": "nominal", "legend": LEGEND, "scale": shape},
                    },
                },
            ],
        },
    )


def histogram(groups: Mapping[str, Scores]) -> list[dict[str, Any]]:
    """Return per group and bin the share of the group's samples.

    The bins are shared and span the middle 99 % of all scores; the outermost ones hold everything beyond.
    """
    low, high = np.quantile(np.concatenate(list(groups.values())), [0.005, 0.995])
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    return [
        {"subset": name, "from": edges[i].item(), "to": edges[i + 1].item(), "share": int(count) / scores.size}
        for name, scores in groups.items()
        for i, count in enumerate(np.histogram(np.clip(scores, edges[0], edges[-1]), edges)[0])
    ]


def roc(inside: Scores, outside: Scores) -> tuple[Scores, Scores]:
    """Return the shares of OOD and of ID scores that are accepted as the threshold falls over every distinct score.

    The area between the points, along straight lines, is the AUROC: ties make oblique steps.
    """
    thresholds = np.unique(np.concatenate([inside, outside]))[::-1]
    accepted_outside, accepted_inside = (
        np.append(0.0, 1 - np.searchsorted(np.sort(scores), thresholds, side="left") / scores.size)
        for scores in (outside, inside)
    )
    return accepted_outside, accepted_inside


def thinned(*curves: Scores) -> Sequence[Scores]:
    """Return at most `CURVE_POINTS` of the points of a curve, ends included."""
    count = curves[0].size
    kept = np.linspace(0, count - 1, min(count, CURVE_POINTS)).round().astype(int)
    return [values[kept] for values in curves]


def _share(field: str, title: str) -> dict[str, Any]:
    scale = {"domain": [0, 1]}
    return {"field": field, "type": "quantitative", "title": title, "axis": PERCENT, "scale": scale}
