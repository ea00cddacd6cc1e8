"""The picture of a stream without boundaries."""

from __future__ import annotations

from suite.contracts import Picture
from suite.tracks.replay.gap import stability_gaps
from suite.tracks.replay.stream.accuracy import Curve


def stream_picture(curve: Curve) -> Picture:
    """Return the mean accuracy on the classes that had come, with a line at every change of session."""
    gaps = stability_gaps(curve)
    deepest = max(gaps, key=lambda gap: gap.depth)
    points = [
        {"step": int(step), "accuracy": round(float(value), 4), "classes": int(count)}
        for step, value, count in zip(curve.steps, curve.seen, (curve.values == curve.values).sum(axis=1), strict=True)
    ]
    x = {"field": "step", "type": "quantitative", "title": "step", "scale": {"nice": False}}
    y = {"field": "accuracy", "type": "quantitative", "title": "accuracy on classes met", "axis": {"format": "%"}}
    changes = {
        "data": {"values": [{"step": gap.start} for gap in gaps]},
        "mark": {"type": "rule", "strokeDash": [3, 3], "opacity": 0.5},
        "encoding": {"x": x},
    }
    line = {
        "data": {"values": points},
        "mark": {"type": "line", "strokeWidth": 1.2, "tooltip": True},
        "encoding": {"x": x, "y": y},
    }
    return Picture(
        title="Accuracy on the classes that had come",
        description=f"At the end {100 * curve.seen[-1]:.0f} %. The deepest gap is {100 * deepest.depth:.0f} points, "
        f"after step {deepest.start}. Vertical lines are changes of session, which no method is told of.",
        spec={"height": 340, "layer": [changes, line]},
    )
