"""The picture of a run: every image once, where it belongs."""

from __future__ import annotations

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.quantization.metrics import LARGEST_SQNR
from suite.tracks.quantization.pictures import COLOURS, OUTCOMES, answer_picture, decibels, outcomes
from suite.tracks.quantization.samples import TEST, QuantizationSamples

classes = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=40)


@given(classes)
def test_every_image_falls_under_one_outcome(images: list[tuple[int, int, int]]) -> None:
    labels, reference, predicted = np.array(images).T
    groups = outcomes(labels, reference, predicted)
    assert (sum(members.astype(int) for members in groups.values()) == 1).all()
    for (label, was, now), *flags in zip(images, *groups.values(), strict=True):
        expected = {
            (True, True): "same answer, right" if was == now else "",
            (True, False): "changed, now wrong",
            (False, True): "changed, now right",
            (False, False): "same answer, wrong" if was == now else "changed, both wrong",
        }[was == label, now == label]
        assert OUTCOMES[flags.index(True)] == expected


@given(classes)
def test_the_bars_hold_every_image(images: list[tuple[int, int, int]]) -> None:
    labels, reference, predicted = np.array(images).T
    noise = np.linspace(0, 1, len(images))
    picture = answer_picture(labels, reference, predicted, np.ones(len(images)), noise)
    values = picture.spec["data"]["values"]
    assert sum(value["images"] for value in values) == len(images)
    assert all(value["top"] - value["bottom"] == value["images"] for value in values)
    for place in {value["from"] for value in values}:  # bars of a place stand on each other
        bars = sorted((value["bottom"], value["top"]) for value in values if value["from"] == place)
        assert [bottom for bottom, _ in bars] == [0, *(top for _, top in bars[:-1])]
    for name, members in outcomes(labels, reference, predicted).items():
        assert sum(value["images"] for value in values if value["outcome"] == name) == members.sum()
        assert f"{name}: {members.sum()}" in picture.description


def test_decibels_are_those_of_the_metric() -> None:
    assert decibels(np.array([100.0, 1.0]), np.array([1.0, 10.0])).tolist() == pytest.approx([20, -10])
    assert decibels(np.array([1.0, 0.0]), np.array([0.0, 1.0])).tolist() == [LARGEST_SQNR, -LARGEST_SQNR]


def test_the_picture_is_vega_lite_and_of_the_test_images_alone() -> None:
    numbers = np.arange(4)
    samples = QuantizationSamples(numbers, numbers, numbers, numbers[::-1], numbers + 1.0, numbers + 1.0)
    (picture,) = samples.pictures(TEST)
    altair.Chart.from_dict(picture.spec)  # validates
    assert samples.pictures("model") == ()
    assert len(COLOURS) == len(OUTCOMES)
