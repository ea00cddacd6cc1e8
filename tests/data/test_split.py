"""Splits, and the images of several of them in one order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split, SplitImages
from suite.data.transform import Transform
from suite.errors import SuiteError

TRANSFORM = Transform(size=8, channels=1, scale=16.0)
DIGITS = Split(DataSet("digits", Embedded("digits")), np.array([5, 0, 17, 3, 1000]))
NOISE = Split(DataSet("uniform-noise", Embedded("uniform-noise")), np.array([2, 2, 7]))


def one_by_one(resources: Resources) -> torch.Tensor:
    pixels = [
        torch.from_numpy(TRANSFORM.pixels(split.data.open(resources).image(int(row))))
        for split in (DIGITS, NOISE)
        for row in split.rows(resources)
    ]
    return TRANSFORM.normalise(torch.stack(pixels))


def test_pixels_are_those_of_the_places_asked_for(resources: Resources) -> None:
    whole = DIGITS.pixels(TRANSFORM, resources)
    assert whole.shape == (5, 8, 8, 1)
    assert torch.equal(DIGITS.pixels(TRANSFORM, resources, slice(1, 3)), whole[1:3])
    assert torch.equal(DIGITS.pixels(TRANSFORM, resources, np.array([4, 0])), whole[[4, 0]])


@pytest.mark.parametrize("rows", [slice(None), slice(2, 7), slice(0, 0), slice(7, 20)])
def test_images_of_several_splits_come_in_the_order_given(rows: slice, resources: Resources) -> None:
    order = np.array([6, 0, 7, 4, 1, 5, 2, 3])
    expected = one_by_one(resources)
    assert torch.equal(SplitImages((DIGITS, NOISE), TRANSFORM, resources)[rows], expected[rows])
    assert torch.equal(SplitImages((DIGITS, NOISE), TRANSFORM, resources, order)[rows], expected[order[rows]])


def test_a_data_set_is_opened_for_a_batch_and_not_for_an_image(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(Embedded, "open", lambda self, _, given=Embedded.open: opened.append(1) or given(self, _))
    SplitImages((DIGITS,) * 20, TRANSFORM, resources, np.arange(100)[::-1])[0:20]
    assert len(opened) < 20


@pytest.mark.parametrize(
    ("split", "classes", "why"),
    [
        (Split(DIGITS.data, np.arange(5)), 10, ""),
        (Split(DIGITS.data, np.arange(5)), None, ""),
        (Split(DIGITS.data, np.arange(0)), None, "the test split of digits has no image"),
        (Split(DIGITS.data, np.arange(3), np.array([0, 6, 2])), 6, "digits has label 6 at place 1, of 6 classes"),
        (Split(DIGITS.data, np.arange(3), np.array([0, 1, -1])), 6, "the test split of digits has label -1 at place 2"),
    ],
)
def test_a_split_that_cannot_be_used_is_refused_with_the_place(
    split: Split, classes: int | None, why: str, resources: Resources
) -> None:
    if not why:
        split.check("test", resources, classes)
        return
    with pytest.raises(SuiteError, match=why):
        split.check("test", resources, classes)
