"""Two wells at the poles of a sphere."""

from __future__ import annotations

from suite import Cost
from suite.tracks.temperature.landscapes.sphere import Sphere
from suite.tracks.temperature.protocol import AnnealingTask

from ._protocol import CHAIN, PROTOCOL


class SphereTask(AnnealingTask):
    """1,000 particles from the north pole."""

    id = "temperature/sphere"
    version = "1"
    tier = "embedded"
    title = "Two wells on the sphere"
    summary = (
        "U = -1.8 z^2 + 0.6 z on the unit sphere; local minimum at the north pole, global one at the south pole, "
        f"H* = 1.25, over a ridge that is a parallel. {PROTOCOL} 1,000 runs of 20,000 steps of 0.02, and shorter ones "
        f"by the axis budget. {CHAIN}"
    )
    seeds = (0, 1, 2)
    cost = Cost(preparation=0.0, cell=0.7)
    landscape = Sphere()
    runs = 1000
    eta = 2e-2
    hottest = 0.1
    coldest = 10.0
    delta = 0.25
