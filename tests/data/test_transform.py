"""Transforms: sizes, channels, normalisation, identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite.data.transform import Transform

rng = np.random.default_rng(0)
GREY = rng.integers(256, size=(28, 28)).astype(np.uint8)
RGB = rng.integers(256, size=(64, 48, 3)).astype(np.uint8)


@pytest.mark.parametrize("image", [GREY, RGB], ids=["grey", "rgb"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_becomes_the_wanted_shape(image: np.ndarray, channels: int) -> None:
    pixels = Transform(size=32, channels=channels).pixels(image)
    assert pixels.shape == (32, 32, channels)
    assert pixels.dtype == np.uint8


def test_an_image_of_the_right_size_is_left_alone() -> None:
    assert np.array_equal(Transform(size=28, channels=1).pixels(GREY)[..., 0], GREY)
    assert np.array_equal(Transform(size=28).pixels(GREY), np.repeat(GREY[..., None], 3, axis=2))


def test_the_centre_is_cut() -> None:
    wide = np.zeros((8, 24), dtype=np.uint8)
    wide[:, 8:16] = 200
    assert (Transform(size=8, channels=1).pixels(wide) == 200).all()


def test_normalisation_is_per_channel() -> None:
    transform = Transform(size=2, scale=10.0, mean=(0.1, 0.2, 0.3), std=(1.0, 2.0, 4.0))
    found = transform.normalise(torch.full((1, 2, 2, 3), 5, dtype=torch.uint8))
    assert found[0, :, 0, 0].tolist() == pytest.approx([0.4, 0.15, 0.05])
    assert found.shape == (1, 3, 2, 2)


def test_whatever_changes_the_result_changes_the_identity() -> None:
    base = Transform(size=32, mean=(0.5,), std=(0.25,))
    others = [replace(base, **{k: v}) for k, v in {"size": 28, "mean": (0.4,), "std": (0.2,), "scale": 1.0}.items()]
    assert all(other.identity != base.identity for other in others)


def test_the_shorter_side_may_be_larger_than_what_is_cut() -> None:
    framed = np.zeros((40, 40), dtype=np.uint8)
    framed[4:36, 4:36] = 200
    assert (Transform(size=28, shorter=40, channels=1).pixels(framed) == 200).all()
    assert (Transform(size=40, shorter=80, channels=1).pixels(framed)[0] == 200).all()
    assert Transform(size=28, shorter=40).pixels(RGB).shape == (28, 28, 3)
    bicubic, bilinear = (Transform(size=20, bicubic=bicubic).pixels(RGB) for bicubic in (True, False))
    assert not np.array_equal(bicubic, bilinear)


def test_what_came_later_leaves_older_identities_alone() -> None:
    assert set(Transform(size=32).identity) == {"size", "channels", "scale", "mean", "std", "version"}
    assert Transform(size=32, shorter=40).identity["shorter"] == 40
