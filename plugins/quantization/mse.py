"""Round to nearest with ranges of least squared error."""

from __future__ import annotations

from suite import Card

from ._ranges import RoundToNearest


class MSE(RoundToNearest):
    """Every value goes to the nearest level; ranges lose least in squared error."""

    name = "mse"
    version = "1"
    card = Card(title="Round to nearest, ranges of least squared error", status="baseline")
    ranges = "mse"
