"""Round to nearest with ranges from the extremes."""

from __future__ import annotations

from suite import Card

from ._ranges import RoundToNearest


class RTNMinMax(RoundToNearest):
    """Every value goes to the nearest level; the largest and smallest seen on the calibration images set the range."""

    name = "rtn-minmax"
    version = "1"
    card = Card(title="Round to nearest, min/max ranges", status="baseline")
    ranges = "minmax"
