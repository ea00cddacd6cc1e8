"""Pictures: what a task makes of a run's per-sample table for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Picture:
    """One picture, as data: whoever shows it draws it, and the task imports no library of charts.

    Attributes:
        title: one line.
        description: what the picture shows, for those who cannot see it.
        spec: a Vega-Lite specification with its data inline, and a height in pixels; it is drawn as wide as there is
            room, on a light or a dark ground.
    """

    title: str
    description: str
    spec: dict[str, Any]
