"""Columns of encoded images and labels are checked before anything is made of them, and each error names the row."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from suite.data.encoded import EncodedRows
from suite.errors import SuiteError

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)


def encoded(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(file, format=kind)
    return file.getvalue()


def opened(images: Any, labels: Any = None) -> EncodedRows:
    columns = [None if column is None else pa.chunked_array([column]) for column in (images, labels)]
    return EncodedRows(*columns, "owner/name", "split 'test'")


PNG = encoded(GREY)
STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


@pytest.mark.parametrize(
    "images",
    [
        pa.array([PNG, PNG]),
        pa.array([PNG, PNG], pa.large_binary()),
        pa.array([{"bytes": PNG, "path": None}, {"bytes": PNG, "path": "elsewhere.png"}], STRUCT),
    ],
    ids=["binary", "large binary", "struct"],
)
@pytest.mark.parametrize("kind", [pa.int64(), pa.uint8(), pa.int32()])
def test_bytes_or_struct_and_any_integers_are_read(images: pa.Array, kind: pa.DataType) -> None:
    rows = opened(images, pa.array([0, 7], kind))
    assert len(rows) == 2
    assert rows.labels.dtype == np.int64
    assert rows.labels.tolist() == [0, 7]
    assert np.array_equal(rows.image(1), GREY)
    assert opened(images).labels.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("images", "cause", "row"),
    [
        (pa.array(["a.png", "b.png"]), "its images are string", ""),
        (pa.array([PNG, None]), "an image is null", "row 1 "),
        (pa.array([{"bytes": PNG, "path": None}, None], STRUCT), "an image is null", "row 1 "),
        (pa.array([{"bytes": None, "path": "a.png"}], STRUCT), "an image is null", "row 0 "),
        (pa.array([{"file": PNG}]), "its images are struct", ""),
    ],
    ids=["names", "null", "null struct", "a path alone", "another struct"],
)
def test_images_that_are_none_are_refused(images: pa.Array, cause: str, row: str) -> None:
    with pytest.raises(SuiteError, match=f"owner/name cannot be used: {cause}") as error:
        opened(images)
    assert error.value.place == f"{row}{'(from 0) of ' if row else ''}split 'test'"
    assert "suite tasks show" in error.value.next


@pytest.mark.parametrize(
    ("labels", "cause", "row"),
    [
        (pa.array([0, None, 2]), "a label is null", "row 1 "),
        (pa.array([0.0, 0.5, 1.7]), "its labels are double", ""),
        (pa.array(["cat", "dog", "cat"]), "its labels are string", ""),
        (pa.array([True, False, True]), "its labels are bool", ""),
        (pa.array([0, 1, -2]), "a label is -2", "row 2 "),
    ],
    ids=["null", "fractions", "names", "truths", "negative"],
)
def test_labels_that_are_no_class_numbers_are_refused(labels: pa.Array, cause: str, row: str) -> None:
    with pytest.raises(SuiteError, match=f"owner/name cannot be used: {cause}") as error:
        opened(pa.array([PNG] * 3), labels)
    assert error.value.place.startswith(row or "split")


def test_a_file_that_is_no_image_names_its_row() -> None:
    rows = opened(pa.array([PNG, PNG[:45], b"no image"]))
    assert rows.image(0).shape == (8, 8)
    for row in (1, 2):
        with pytest.raises(SuiteError, match="cannot be decoded") as error:
            rows.image(row)
        assert error.value.place.startswith(f"row {row} ")


@given(arrays(np.uint16, (5, 4), elements=st.integers(0, 2**16 - 1)), st.sampled_from(["PNG", "TIFF"]))
def test_sixteen_bits_are_the_picture_of_their_upper_eight(deep: np.ndarray, kind: str) -> None:
    rows = opened(pa.array([encoded(deep, kind)]))
    assert np.array_equal(rows.image(0), (deep >> 8).astype(np.uint8))


@pytest.mark.parametrize("pixels", [np.full((2, 2), 2**20, np.int32), np.full((2, 2), 0.5, np.float32)])
def test_pixels_whose_range_nobody_knows_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(SuiteError, match="The range of their values is not known"):
        opened(pa.array([encoded(pixels, "TIFF")])).image(0)


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "LA", "CMYK"])
def test_other_modes_become_colour(mode: str) -> None:
    rows = opened(pa.array([encoded(np.full((3, 3, 3), 255, np.uint8), "TIFF", mode)]))
    assert rows.image(0).shape == (3, 3, 3)
    assert (rows.image(0) >= 254).all()
