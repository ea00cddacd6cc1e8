"""Rotated sources: same rows and labels, turned images, an identity of their own."""

from __future__ import annotations

import numpy as np

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.rotation import rotate
from suite.data.split import Split
from suite.data.transform import Transform

ROWS = np.array([5, 900, 17])
UPRIGHT = Split(DataSet("digits", Embedded("digits")), ROWS, np.array([2, 1, 0]))
TRANSFORM = Transform(size=8, channels=1, scale=16.0)


def test_a_right_angle_turns_every_image_counter_clockwise(resources: Resources) -> None:
    upright, turned = (split.pixels(TRANSFORM, resources).numpy() for split in (UPRIGHT, rotate(UPRIGHT, 90)))
    assert np.array_equal(turned, np.rot90(upright, axes=(1, 2)))
    assert not np.array_equal(turned, upright)


def test_rows_and_labels_stay(resources: Resources) -> None:
    turned = rotate(UPRIGHT, 30)
    assert turned.rows(resources).tolist() == ROWS.tolist()
    assert turned.targets(resources).tolist() == [2, 1, 0]
    assert turned.data.open(resources).labels.tolist() == UPRIGHT.data.open(resources).labels.tolist()


def test_by_nothing_it_is_the_split_itself(resources: Resources) -> None:
    assert rotate(UPRIGHT, 0) is UPRIGHT


def test_each_angle_has_its_own_fingerprint(resources: Resources) -> None:
    assert len({rotate(UPRIGHT, angle).data.fingerprint(resources) for angle in (0, 15, 30)}) == 3
