"""Hub data through the `datasets` library: on a mirror made here, and the arguments of the download."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.errors import SuiteError
from suite.settings import load_settings

from ..support.flipping import flipped

REVISION = "a" * 40


def encoded(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, format="PNG")
    return file.getvalue()


IMAGES = [np.random.default_rng(i).integers(256, size=(6, 5, 3)).astype(np.uint8) for i in range(5)]
LABELS = [3, 1, 4, 1, 5]


def write(path: Path, images: list[np.ndarray], labels: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"bytes": encoded(image), "path": None} for image in images]
    pq.write_table(pa.table({"image": rows, "label": labels}), path)


@pytest.fixture
def at(tmp_path: Path) -> Resources:
    settings = load_settings(data=tmp_path / "data", cache=tmp_path / "cache")
    (tmp_path / "data").mkdir()
    return Resources(settings, Cache(settings.cache_folder))


def folder(at: Resources) -> Path:
    assert at.settings.data is not None
    return at.settings.data / "owner" / "name" / "config"


def test_a_mirror_is_read_as_the_hub_is(at: Resources) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    rows = Hub("owner/name", "test", REVISION, "config").open(at)
    assert len(rows) == 5
    assert rows.labels.tolist() == LABELS
    assert all(np.array_equal(rows.image(i), IMAGES[i]) for i in range(5))


@pytest.mark.parametrize("place", [0.5, 1.0])
def test_the_librarys_copy_of_a_mirror_is_made_again_where_it_is_damaged(at: Resources, place: float) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    hub = Hub("owner/name", "test", REVISION, "config")
    hub.open(at)
    [copy] = at.cache.folder.rglob("*.arrow")
    with flipped(copy, place):
        whole = hub.open(Resources(at.settings, Cache(at.settings.cache_folder)))
        assert all(np.array_equal(whole.image(i), IMAGES[i]) for i in range(5))
        assert whole.labels.tolist() == LABELS


def test_the_fingerprint_does_not_depend_on_how_files_are_cut(at: Resources, tmp_path: Path) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    one = DataSet("x", Hub("owner/name", "test", REVISION, "config")).fingerprint(at)
    (folder(at) / "test-00000-of-00001.parquet").unlink()
    write(folder(at) / "test-00000-of-00002.parquet", IMAGES[:2], LABELS[:2])
    write(folder(at) / "test-00001-of-00002.parquet", IMAGES[2:], LABELS[2:])
    assert DataSet("x", Hub("owner/name", "test", REVISION, "config")).fingerprint(at) == one


def test_a_file_that_changes_changes_the_stamp(at: Resources) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    hub = Hub("owner/name", "test", REVISION, "config")
    before = hub.stamp(at)
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, [0] * 5)
    assert hub.stamp(at) != before


def test_an_unreadable_mirror_names_the_file_and_what_to_do(at: Resources) -> None:
    path = folder(at) / "test-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PAR1 this is not parquet PAR1")
    with pytest.raises(SuiteError, match="the mirror of owner/name cannot be read") as error:
        Hub("owner/name", "test", REVISION, "config").open(at)
    assert error.value.place == str(path)
    assert "unset SUITE_DATA" in error.value.next


def test_a_mirror_is_read_where_the_librarys_own_folder_cannot_be_made(
    at: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    (tmp_path / "wall").touch()
    for name in ("HF_DATASETS_CACHE", "HF_CACHE_HOME", "HF_MODULES_CACHE"):
        monkeypatch.setattr(datasets.config, name, tmp_path / "wall" / "inside", raising=False)
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    assert len(Hub("owner/name", "test", REVISION, "config").open(at)) == 5


def test_a_part_of_a_mirror_is_the_tasks_error_and_not_missing(at: Resources) -> None:
    write(folder(at) / "test-00001-of-00002.parquet", IMAGES, LABELS)
    for ask in (Hub("owner/name", "test", REVISION, "config").stamp, Hub("owner/name", "test", None, "config").open):
        with pytest.raises(SuiteError, match="1 of the 2 files of split 'test' are missing"):
            ask(at)


def test_a_mirror_without_the_column_says_which_there_are(at: Resources) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    with pytest.raises(SuiteError, match="no column 'img'; it has image, label"):
        Hub("owner/name", "test", REVISION, "config", image="img").open(at)


def test_what_the_mirror_lacks_is_missing_unless_the_hub_is_allowed(at: Resources) -> None:
    hub = Hub("owner/name", "test", REVISION)
    with pytest.raises(Missing, match="the hub is off"):
        hub.stamp(at)
    allowed = Resources(at.settings.model_copy(update={"hub": True}), at.cache)
    assert hub.stamp(allowed)["at"] == REVISION
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    other = Hub("owner/name", "test", REVISION, "another")
    with pytest.raises(Missing, match="no configuration 'another'"):
        other.stamp(at)
    assert other.stamp(allowed)["at"] == REVISION


def test_the_download_is_pinned(at: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked: dict[str, Any] = {}

    def load_dataset(path: str, name: str | None, **options: Any) -> datasets.Dataset:
        asked.update(options, path=path, name=name)
        rows = [{"bytes": encoded(image), "path": None} for image in IMAGES]
        return datasets.Dataset.from_dict({"image": rows, "label": LABELS}).cast_column("image", datasets.Image())

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    settings = load_settings(cache=at.settings.cache)
    rows = Hub("owner/pinned", "test", REVISION, "config").open(Resources(settings, at.cache))
    assert (asked["path"], asked["name"], asked["split"]) == ("owner/pinned", "config", "test")
    assert asked["revision"] == REVISION
    assert np.array_equal(rows.image(0), IMAGES[0])


def test_no_network_means_missing(at: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(cache=at.settings.cache)
    with pytest.raises(Missing, match="owner/offline could not be downloaded"):
        Hub("owner/offline", "test", REVISION).open(Resources(settings, at.cache))


def test_without_a_label_column_every_label_is_minus_one(at: Resources) -> None:
    write(folder(at) / "test-00000-of-00001.parquet", IMAGES, LABELS)
    rows = Hub("owner/name", "test", None, "config", label=None).open(at)
    assert rows.labels.tolist() == [-1] * 5
    assert np.array_equal(rows.image(4), IMAGES[4])


def test_every_pin_is_a_commit() -> None:
    from suite.benchmarks import data_sets

    sources = [each.source for each in vars(data_sets).values() if isinstance(each, DataSet)]
    hubs = [source for source in sources if isinstance(source, Hub)]
    assert len(hubs) >= 15
    assert all(len(hub.revision) == 40 and int(hub.revision, 16) >= 0 for hub in hubs)
