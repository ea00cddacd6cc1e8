"""Two wells on the circle, where everything is known."""

from __future__ import annotations

from suite import Cost
from suite.tracks.temperature.landscapes.circle import Circle
from suite.tracks.temperature.protocol import AnnealingTask

from ._protocol import CHAIN, PROTOCOL


class CircleTask(AnnealingTask):
    """4,000 particles from the local minimum."""

    id = "temperature/circle"
    version = "1"
    tier = "embedded"
    title = "Two wells on the circle"
    summary = (
        f"U = -cos 2t + cos(t) / 2; local minimum at t = 0, global one at pi, H* = 1.53125. {PROTOCOL} 4,000 runs of "
        f"40,000 steps of 0.01, and shorter ones by the axis budget. {CHAIN}"
    )
    seeds = (0, 1, 2)
    cost = Cost(preparation=0.0, cell=1.1)
    landscape = Circle()
    runs = 4000
    eta = 1e-2
    hottest = 0.1
    coldest = 8.0
    delta = 0.25
