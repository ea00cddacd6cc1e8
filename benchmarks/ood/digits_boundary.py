"""What the boundaries of detectors are worth, on the digits."""

from __future__ import annotations

from suite.contracts import Cost
from suite.tracks.ood.boundary import DRAWN, BoundaryTask, calibrating, level_axis

from .digits import VALIDATION, DigitsTask


class DigitsBoundaryTask(BoundaryTask):
    """The splits and networks of ``ood/digits``."""

    id = "ood/digits-boundary"
    version = "1"
    tier = "embedded"
    title = "Digits: where the boundary lies"
    summary = (
        "Splits, networks and seeds of ood/digits. Each image is accepted or refused, and a method is judged by "
        "the share of ID that it keeps, the share of OOD that it accepts, and their balance. A method that claims no "
        "boundary takes the one that conformal prediction draws on three quarters of the validation images, which it "
        "does not see: 45 of 60."
    )
    axes = (DRAWN, level_axis(calibrating(VALIDATION)))
    cost = Cost(preparation=0.7, cell=0.2)
    of = DigitsTask
