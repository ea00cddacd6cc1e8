"""Arrays of the hub from a mirror: what is read, and what is said of files that are of no use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.hub_arrays import HubArrays
from suite.data.split import Split
from suite.errors import SuiteError
from suite.settings import load_settings

SOURCE = HubArrays("someone/arrays", "data/some.npz", "test", "a" * 40)
IMAGES = np.arange(5 * 4 * 4, dtype=np.uint8).reshape(5, 4, 4)


def mirrored(folder: Path, **arrays: np.ndarray) -> Resources:
    if arrays:
        file = folder / "data" / SOURCE.repository / SOURCE.file
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, **arrays)
    (folder / "data").mkdir(exist_ok=True)
    return Resources(load_settings(data=folder / "data", cache=folder / "cache", hub=False), Cache(folder / "cache"))


def test_images_and_labels_are_those_of_the_split(tmp_path: Path) -> None:
    resources = mirrored(
        tmp_path, test_images=IMAGES, test_labels=np.arange(5)[:, None], train_images=IMAGES[:1], train_labels=[[7]]
    )
    rows = SOURCE.open(resources)
    assert rows.labels.tolist() == [0, 1, 2, 3, 4]
    assert rows.labels.dtype == np.int64
    assert np.array_equal(rows.image(3), IMAGES[3])
    assert HubArrays(SOURCE.repository, SOURCE.file, "train", "a" * 40).open(resources).labels.tolist() == [7]
    before = DataSet("some", SOURCE).fingerprint(resources)
    again = mirrored(tmp_path, test_images=IMAGES[::-1], test_labels=np.arange(5))
    assert DataSet("some", SOURCE).fingerprint(again) != before


def test_the_same_arrays_at_another_path_are_the_same_data(tmp_path: Path) -> None:
    found = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        resources = mirrored(tmp_path / name, test_images=IMAGES, test_labels=np.arange(5))
        split = Split(DataSet("some", SOURCE), np.arange(3))
        found.append((split.data.fingerprint(resources), split.identity(resources), split.learned(resources)))
    assert found[0] == found[1]


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"has no someone/arrays/data/some\.npz; the hub is off"):
        SOURCE.open(mirrored(tmp_path))


@pytest.mark.parametrize(
    ("arrays", "cause"),
    [
        ({"train_images": IMAGES, "train_labels": np.arange(5)}, "test_images"),
        ({"test_images": IMAGES / 2, "test_labels": np.arange(5)}, "images float64"),
        ({"test_images": IMAGES, "test_labels": np.arange(4)}, r"labels \(4,\)"),
        ({"test_images": IMAGES, "test_labels": np.array([{}] * 5)}, "allow_pickle"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], cause: str) -> None:
    with pytest.raises(SuiteError, match=cause) as error:
        SOURCE.open(mirrored(tmp_path, **arrays))
    assert error.value.place is not None
    assert error.value.place.endswith("some.npz")


def test_a_torn_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    resources = mirrored(tmp_path, test_images=IMAGES, test_labels=np.arange(5))
    file = tmp_path / "data" / SOURCE.repository / SOURCE.file
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(SuiteError, match="the arrays cannot be used"):
        SOURCE.open(resources)
