"""InfoNCE of eight pairs round a ring, from a planted arrangement that is not the best one."""

from __future__ import annotations

from suite import Cost
from suite.tracks.temperature.landscapes.ring import Ring
from suite.tracks.temperature.protocol import MODE, AnnealingTask

from ._protocol import PROTOCOL


class InfoNCEPlantedTask(AnnealingTask):
    """128 runs from a folded ring."""

    id = "temperature/infonce-planted"
    version = "1"
    tier = "embedded"
    title = "InfoNCE, folded ring of eight pairs"
    summary = (
        "Eight items on the circle S^1; the positive of each is the next one of a ring; InfoNCE at tau = 0.2, with the "
        "positive and without the item itself in the sum. The start is folded: the ring goes there and back, a local "
        "minimum. The best arrangements go round once, either way, and the winding number tells. The barrier, 0.491, "
        f"is an estimate by a string method. {PROTOCOL} 128 runs of 2,000 steps. The axis annealed says what is."
    )
    seeds = (0, 1, 2)
    cost = Cost(preparation=0.0, cell=0.2)
    tour = ({},)
    axes = (MODE,)
    landscape = Ring(items=8, tau=0.2, barrier=0.49102)
    runs = 128
    eta = 0.2
    hottest = 0.3
    coldest = 25.0
    delta = 0.25
