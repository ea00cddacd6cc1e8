"""Images on a dial."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.data_sets import DIGITS
from suite.contracts import Resources
from suite.data.severity import SHIFTS, shifted
from suite.data.split import Split
from suite.errors import SuiteError

SOME = np.arange(20)
every = pytest.mark.parametrize("kind", SHIFTS)


def images(split: Split, resources: Resources) -> np.ndarray:
    rows = split.data.open(resources)
    return np.stack([rows.image(int(row)) for row in split.rows(resources)]).astype(int)


@every
def test_the_farther_the_dial_the_less_an_image_is_what_it_was(kind: str, resources: Resources) -> None:
    split = Split(DIGITS, SOME)
    assert shifted(split, kind, 0, 16) is split
    original = images(split, resources)
    distances = [np.abs(images(shifted(split, kind, s, 16), resources) - original).mean() for s in (0.1, 0.5, 1)]
    assert 0 < distances[0] < distances[1] < distances[2]


@every
def test_rows_labels_and_range_stay_and_stamps_tell_severities_apart(kind: str, resources: Resources) -> None:
    split = Split(DIGITS, SOME, SOME % 3)
    moved = shifted(split, kind, 0.7, 16)
    assert np.array_equal(moved.targets(resources), split.targets(resources))
    assert 0 <= images(moved, resources).min() <= images(moved, resources).max() <= 16
    assert np.array_equal(images(moved, resources), images(shifted(split, kind, 0.7, 16), resources))
    stamps = [shifted(split, kind, s, 16).data.source.stamp(resources) for s in (0.6, 0.7)]
    assert stamps[0] != stamps[1]


def test_noise_is_the_same_at_every_severity_but_for_its_size(resources: Resources) -> None:
    flat = [np.full((8, 8), 128, dtype=np.uint8)] * 2
    little, much = (SHIFTS["noise"](flat[0], s, 255, 3).astype(float) - 128 for s in (0.05, 0.1))
    assert np.corrcoef(little.ravel(), much.ravel())[0, 1] > 0.99
    assert not np.array_equal(SHIFTS["noise"](flat[0], 0.1, 255, 3), SHIFTS["noise"](flat[0], 0.1, 255, 4))


def test_an_unknown_shift_is_refused_by_name(resources: Resources) -> None:
    with pytest.raises(SuiteError, match=r"'rotatoin' is not a shift\. Did you mean 'rotation'"):
        shifted(Split(DIGITS), "rotatoin", 0.5, 16)
