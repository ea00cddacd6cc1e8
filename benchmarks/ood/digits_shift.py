"""OOD detection on digits that turn: ood/digits with ID and OOD rotated further at each level."""

from __future__ import annotations

import numpy as np

from suite.contracts import Cost, Resources
from suite.data.dataset import DataSet
from suite.data.rotation import rotate
from suite.data.split import Split
from suite.models.reference import ReferenceModel
from suite.tracks.ood.shifting import Level, ShiftingTask
from suite.tracks.ood.splits import Development

from ..data_sets import DIGITS
from .digits import DigitsTask

DEGREES = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0)
ARRIVING = 32


class DigitsShiftTask(ShiftingTask):
    """The digits of ood/digits, rotated step by step, against the four left out, rotated alike."""

    id = "ood/digits-shift"
    version = "1"
    tier = "embedded"
    title = "Digits that turn"
    summary = (
        "ID, network and partition are those of ood/digits; OOD is the four digits left out. At level s both are "
        "rotated by 15 s degrees, s = 0 to 5. Methods are fitted on the upright training images, and scored at "
        "level 0. Before each further level 32 labelled ID images arrive, rotated by its angle and drawn from the 60 "
        "validation images, and a method that can adapt may do so; post-hoc detectors stay as fitted. Scores are per "
        "level, and their unweighted mean over the six. The levels' test images are the same, rotated further, so "
        "that their scores are not independent. The protocol is this suite's own: it follows the setting of Wu et al. "
        "2023 (continuously adaptive OOD detection), whose data sets and shifts were not available."
    )
    gives = DigitsTask.gives
    seeds = DigitsTask.seeds
    cost = Cost(preparation=0.7, cell=0.2)
    shifts = DEGREES

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits, of which everything is made."""
        return (DIGITS,)

    def development(self, seed: int, resources: Resources) -> Development:
        """Return the upright splits of ood/digits."""
        return DigitsTask().development(seed, resources)

    def level(self, number: int, seed: int, resources: Resources) -> Level:
        """Return the rotated splits; which validation images arrive is drawn anew for each level."""
        splits = DigitsTask().splits(seed, resources)
        (left_out,) = splits.near.values()
        validation = splits.validation
        drawn = np.random.default_rng([seed, number]).permutation(len(validation.rows(resources)))[:ARRIVING]
        arriving = Split(DIGITS, validation.rows(resources)[drawn], validation.targets(resources)[drawn])
        test, ood, arrived = (rotate(split, self.shifts[number]) for split in (splits.test, left_out, arriving))
        return Level(test, ood, arrived)

    def model(self, seed: int) -> ReferenceModel:
        """Return the reference model of ood/digits."""
        return DigitsTask().model(seed)
