"""Fingerprints follow the content, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.data import embedded
from suite.data.dataset import DataSet
from suite.data.embedded import ArrayRows, Embedded
from suite.settings import Settings


@dataclass(frozen=True)
class Given:
    rows: ArrayRows
    name: str = "given"

    def stamp(self, resources: Resources) -> dict[str, Any]:
        return {"name": self.name}

    def open(self, resources: Resources) -> ArrayRows:
        return self.rows


def fingerprint(images: np.ndarray, labels: np.ndarray, settings: Settings, folder: Path) -> str:
    resources = Resources(settings, Cache(folder))
    return DataSet("x", Given(ArrayRows(images, labels))).fingerprint(resources)


def test_every_byte_label_and_the_order_count(settings: Settings, tmp_path: Path) -> None:
    images = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2)
    labels = np.arange(3)
    other_pixel, other_label = images.copy(), labels.copy()
    other_pixel[1, 0, 1] ^= 1
    other_label[2] = 7
    variants = [(images, labels), (other_pixel, labels), (images, other_label), (images[::-1], labels[::-1])]
    found = [fingerprint(*each, settings, tmp_path / str(i)) for i, each in enumerate(variants)]
    assert len(set(found)) == len(variants)
    assert fingerprint(images.copy(), labels.copy(), settings, tmp_path / "again") == found[0]


def test_it_is_remembered_by_stamp(settings: Settings, tmp_path: Path) -> None:
    resources = Resources(settings, Cache(tmp_path))
    data = DataSet("digits", Embedded("digits"))
    assert data.known_fingerprint(resources) is None
    found = data.fingerprint(resources)
    assert data.known_fingerprint(resources) == found
    assert len(found) == 64


@pytest.mark.parametrize("name", ["digits", "photograph-patches", "uniform-noise"])
def test_embedded_sets_are_what_they_say(name: str, resources: Resources) -> None:
    rows = Embedded(name).open(resources)
    assert rows.image(0).shape == (8, 8)
    assert rows.image(0).dtype == np.uint8
    assert rows.images.max() == 16
    assert len(rows) == {"digits": 1797}.get(name, 1000)
    assert (rows.labels == -1).all() == (name != "digits")


def test_patches_use_the_whole_range_so_that_contrast_gives_nothing_away(resources: Resources) -> None:
    images = Embedded("photograph-patches").open(resources).images.reshape(1000, -1)
    assert (images.min(axis=1) == 0).all()
    assert (images.max(axis=1) == 16).all()


def test_patches_are_read_from_the_cache_by_the_next_process(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    patches = Embedded("photograph-patches")
    made = patches.open(resources)
    embedded._kept.cache_clear()  # as in another process
    monkeypatch.setattr(embedded, "_make", lambda name: pytest.fail("photographs are read again"))
    again = patches.open(resources)
    assert (again.images == made.images).all()
    assert (again.labels == made.labels).all()


def test_missing_is_an_error_of_its_own(resources: Resources) -> None:
    from suite.data.hub import Hub

    with pytest.raises(Missing, match="the hub is off"):
        DataSet("x", Hub("nobody/nothing", "test", "0" * 40)).fingerprint(resources)
