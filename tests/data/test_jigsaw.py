"""Jigsaws: quadrants of the given rows alone, of four classes, the same for the same choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.jigsaw import Jigsaw

ROWS = tuple(range(100, 160))
JIGSAW = Jigsaw(Embedded("digits"), ROWS, count=50, seed=0)
CORNERS = [np.s_[:4, :4], np.s_[:4, 4:], np.s_[4:, :4], np.s_[4:, 4:]]


def test_every_quadrant_is_of_a_given_row_and_of_a_class_of_its_own(resources: Resources) -> None:
    digits = Embedded("digits").open(resources)
    made = JIGSAW.open(resources)
    assert made.images.shape == (50, 8, 8)
    assert (made.labels == -1).all()
    given = digits.images[list(ROWS)]
    for image in made.images:
        matches = [np.flatnonzero((given[:, *corner] == image[corner]).all(axis=(1, 2))) for corner in CORNERS]
        assert all(len(found) for found in matches)
        classes = [set(digits.labels[np.asarray(ROWS)[found]]) for found in matches]
        assert len(set.union(*classes)) >= 4
        assert not any(np.array_equal(image, original) for original in digits.images)


def test_the_choice_is_the_content(resources: Resources) -> None:
    first = DataSet("a", JIGSAW).fingerprint(resources)
    assert DataSet("b", JIGSAW).fingerprint(resources) == first
    for other in ({"seed": 1}, {"count": 49}, {"rows": tuple(range(200, 260))}):
        assert DataSet("a", replace(JIGSAW, **other)).fingerprint(resources) != first


def test_too_few_classes_are_refused(resources: Resources) -> None:
    labels = Embedded("digits").open(resources).labels
    rows = tuple(int(row) for row in np.flatnonzero(labels < 3))
    with pytest.raises(ValueError, match=r"images of 4 classes\. There are 3"):
        replace(JIGSAW, rows=rows).open(resources)
