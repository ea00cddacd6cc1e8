"""Images of one's own: folders and Parquet files, and what is wrong with them in one message."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.images import Images
from suite.data.inspection import inspect
from suite.errors import SuiteError

PICTURES, NUMBERS = load_digits(return_X_y=True)
PICTURES = (15 * PICTURES[:40].reshape(-1, 8, 8)).astype(np.uint8)
NUMBERS = NUMBERS[:40]


def encoded(index: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PICTURES[index]).save(stream, "PNG")
    return stream.getvalue()


def folder(place: Path) -> Path:
    for index, number in enumerate(NUMBERS):
        path = place / f"class-{number}" / f"{index:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(index))
    return place


def table(place: Path, labels: object = None, images: object = None) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    column = [encoded(index) for index in range(40)] if images is None else images
    pq.write_table(pa.table({"image": column, "label": NUMBERS if labels is None else labels}), place / "t.parquet")
    return place / "t.parquet"


def test_a_folder_of_classes_has_their_labels_in_the_order_of_their_names(tmp_path: Path) -> None:
    rows = Images(folder(tmp_path)).rows()
    assert rows.classes == tuple(f"class-{number}" for number in range(10))
    assert len(rows) == 40
    assert sorted(rows.labels.tolist()) == sorted(NUMBERS.tolist())
    assert {rows.image(index).tobytes() for index in range(40)} == {picture.tobytes() for picture in PICTURES}


@pytest.mark.parametrize("labels", [None, [f"class-{number}" for number in NUMBERS]], ids=["numbers", "names"])
def test_a_parquet_file_has_the_same_rows(labels: object, tmp_path: Path, resources: Resources) -> None:
    structs = [{"bytes": encoded(index), "path": None} for index in range(40)]
    for number, images in enumerate((None, structs)):
        rows = Images(table(tmp_path / str(number), labels, images)).rows()
        assert rows.labels.tolist() == NUMBERS.tolist()
        assert np.array_equal(rows.image(7), PICTURES[7])
    one, other = (DataSet("own", Images(tmp_path / str(number) / "t.parquet")) for number in (0, 1))
    assert one.fingerprint(resources) == other.fingerprint(resources), "content counts, not how it is wrapped"


def test_a_folder_without_classes_has_no_labels(tmp_path: Path) -> None:
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(encoded(index))
    (tmp_path / "notes.txt").write_text("no image")
    rows = Images(tmp_path).rows()
    assert (len(rows), rows.classes, rows.labels.tolist()) == (3, (), [-1, -1, -1])


def _loose(place: Path) -> Path:
    (folder(place) / "loose.png").write_bytes(encoded(0))
    return place


WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no image": (lambda place: place, "the folder has no images"),
    "an image beside the classes": (_loose, "1 images are not in the folder of a class"),
    "no label": (lambda place: table(place, [None, *NUMBERS[1:].tolist()]), "row 0 has no label"),
    "a label below zero": (lambda place: table(place, [3, -1] + [0] * 38), "row 1 has the label -1"),
    "a label of another kind": (lambda place: table(place, [0.5] * 40), "It must hold whole numbers or names"),
    "no bytes": (lambda place: table(place, images=["a path"] * 40), "It must hold encoded images as bytes"),
    "no image in a row": (lambda place: table(place, images=[None, *map(encoded, range(1, 40))]), "row 0 has no image"),
}


@pytest.mark.parametrize(("make", "cause"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_names_the_row_and_the_place(make: Callable[[Path], Path], cause: str, tmp_path: Path) -> None:
    with pytest.raises(SuiteError) as raised:
        Images(make(tmp_path)).rows()
    assert cause in str(raised.value)
    assert str(tmp_path) in raised.value.place


def test_what_is_not_there_is_missing_and_what_is_no_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="does not exist"):
        Images(tmp_path / "nowhere").rows()
    broken = folder(tmp_path) / "class-1" / "zz.png"
    broken.write_bytes(b"no image at all")
    with pytest.raises(SuiteError, match="the image in row 8 cannot be used") as raised:
        inspect("own", Images(tmp_path).rows(), {})
    assert raised.value.place == str(broken)


def test_an_image_of_16_bits_keeps_its_upper_8(tmp_path: Path) -> None:
    ramp = (np.arange(256, dtype=np.uint16) * 256 + 7).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    assert np.array_equal(Images(tmp_path).rows().image(0), np.arange(256, dtype=np.uint8).reshape(16, 16))


def test_the_same_image_twice_is_told_and_refused_under_another_label(tmp_path: Path) -> None:
    rows = Images(folder(tmp_path / "id")).rows()
    seen: dict[bytes, str] = {}
    assert inspect("id", rows, seen).repeated == 0
    (tmp_path / "ood").mkdir()
    (tmp_path / "ood" / "0.png").write_bytes(encoded(0))
    with pytest.raises(SuiteError, match="the same image is there twice, in another data set"):
        inspect("ood", Images(tmp_path / "ood").rows(), seen)
    (tmp_path / "id" / "class-9" / "again.png").write_bytes(encoded(0))
    with pytest.raises(SuiteError, match="the same image is there twice, under another label"):
        inspect("id", Images(tmp_path / "id").rows(), {})
