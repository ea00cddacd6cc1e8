"""Pictures of a stream: accuracy on every task while others are learned, and the gap after each change of task."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Picture
from suite.tracks.replay.stream.accuracy import Curve
from suite.tracks.replay.stream.metrics import ALL, task_name

HEIGHT = 340
AFTER = 30
"""Steps after a change of task that the second picture shows."""
MOST_POINTS = 600
"""Of each line: more are thinned evenly, but those around a change of task all stay."""
LEGEND = {"orient": "bottom", "direction": "horizontal", "columns": 5}


def curve_pictures(curve: Curve, subset: str) -> tuple[Picture, ...]:
    """Return the pictures of one task of the stream, or of ``all``.

    Raises:
        ValueError: the stream has no such task.
    """
    names = [task_name(j) for j in range(curve.values.shape[1])]
    if subset not in (ALL, *names):
        raise ValueError(f"the stream has no task {subset!r}")
    tasks = list(range(len(names))) if subset == ALL else [names.index(subset)]
    gap = _gap(curve, tasks)
    return (_curves(curve, names, tasks), *([] if gap is None else [gap]))


def switches(curve: Curve) -> NDArray[np.int64]:
    """Return the step at which each task but the first began."""
    last = np.flatnonzero(np.diff(curve.training))
    return np.asarray(curve.steps[last])


def gaps(curve: Curve, tasks: list[int]) -> list[tuple[int, int, float]]:
    """Return (new task, steps since it began, change of the mean accuracy on earlier ones since then) of ``tasks``."""
    changes = []
    for switch in switches(curve):
        start = int(np.flatnonzero(curve.steps == switch)[0])
        earlier = [j for j in tasks if j <= curve.training[start]]
        if not earlier:
            continue
        before = curve.values[start, earlier].mean()
        since = curve.steps - switch
        for point in np.flatnonzero((since >= 0) & (since <= AFTER)):
            change = float(curve.values[point, earlier].mean() - before)
            changes.append((int(curve.training[start]) + 1, int(since[point]), change))
    return changes


def _curves(curve: Curve, names: list[str], tasks: list[int]) -> Picture:
    rows = []
    for j in tasks:
        begun = np.flatnonzero(~np.isnan(curve.values[:, j]))
        for point in begun[_thinned(curve, begun)]:
            value = round(float(curve.values[point, j]), 4)
            rows.append({"step": int(curve.steps[point]), "task": names[j], "accuracy": value})
    last = {names[j]: curve.values[-1, j] for j in tasks}
    words = ", ".join(f"{name} {100 * value:.0f} %" for name, value in last.items())
    color = {"field": "task", "type": "nominal", "sort": names, "legend": LEGEND}
    return Picture(
        title="Accuracy on each task while the stream goes on",
        description=f"At the end: {words}. Vertical lines are changes of task.",
        spec={
            "height": HEIGHT,
            "layer": [
                _rules(curve),
                {
                    "data": {"values": rows},
                    "mark": {"type": "line", "strokeWidth": 1.2, "tooltip": True},
                    "encoding": {"x": _x("step", "step"), "y": _y("accuracy", "accuracy"), "color": color},
                },
            ],
        },
    )


def _gap(curve: Curve, tasks: list[int]) -> Picture | None:
    """Return how earlier tasks fare in the first steps of each later one, or None if none comes after them."""
    changes = gaps(curve, tasks)
    if not changes:
        return None
    rows = [
        {"since": since, "new task": task_name(task), "change": round(change, 4)} for task, since, change in changes
    ]
    deepest = min(changes, key=lambda change: change[2])
    order = sorted({row["new task"] for row in rows}, key=lambda name: (len(str(name)), name))
    color = {"field": "new task", "type": "nominal", "sort": order, "legend": LEGEND}
    y = {**_y("change", "change of accuracy on earlier tasks"), "scale": {"zero": True}}
    return Picture(
        title=f"The stability gap: earlier tasks in the first {AFTER} steps of a new one",
        description=f"Deepest: {100 * deepest[2]:.0f} points, {deepest[1]} steps into {task_name(deepest[0])}.",
        spec={
            "height": HEIGHT,
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 1.5, "point": {"size": 12}, "tooltip": True},
            "encoding": {"x": _x("since", "steps since the task began"), "y": y, "color": color},
        },
    )


def _thinned(curve: Curve, begun: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of the points to draw: all around a change of task, and as many as there is room for elsewhere."""
    steps = curve.steps[begun]
    near = np.zeros(len(begun), dtype=bool)
    for switch in switches(curve):
        near |= (steps >= switch) & (steps <= switch + AFTER)
    spread = np.linspace(0, len(begun) - 1, min(len(begun), MOST_POINTS)).round().astype(np.int64)
    return np.union1d(np.flatnonzero(near), spread)


def _rules(curve: Curve) -> dict[str, Any]:
    rows = [{"step": int(step)} for step in switches(curve)]
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "strokeDash": [3, 3], "opacity": 0.5},
        "encoding": {"x": _x("step", "step")},
    }


def _x(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"nice": False}}


def _y(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"format": "%"}}
