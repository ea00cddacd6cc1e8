"""Corrupted images: all 19, the same whatever the order, stronger with severity; a clear error without the extra."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError
from typing import Any

import numpy as np
import pytest

from suite.contracts import Resources
from suite.data.corrupted import CORRUPTIONS, Corrupted
from suite.data.dataset import DataSet
from suite.errors import SuiteError

SIDE = 32
PHOTOGRAPHS = 20


@dataclass(frozen=True)
class Smooth:
    """RGB images of blurred noise, as photographs are smooth, from a seed each."""

    def stamp(self, resources: Resources) -> dict[str, Any]:
        return {"source": "smooth"}

    def open(self, resources: Resources) -> Smooth:
        return self

    @property
    def labels(self) -> np.ndarray:
        return np.arange(PHOTOGRAPHS)

    def image(self, index: int) -> np.ndarray:
        from scipy.ndimage import gaussian_filter

        noise = gaussian_filter(np.random.default_rng(index).normal(size=(SIDE, SIDE, 3)), (3, 3, 0))
        return np.clip(128 + 40 * noise / noise.std(), 0, 255).astype(np.uint8)

    def content(self, index: int) -> bytes:
        return self.image(index).tobytes()

    def __len__(self) -> int:
        return PHOTOGRAPHS


ROWS = (7, 3, 12, 0, 19, 4, 8, 15, 1, 11)


@pytest.fixture
def _installed() -> None:
    reason = "pip install 'basin-suite[corruptions]'; OpenCV, which it brings, needs the system's libGL"
    pytest.importorskip("imagecorruptions", reason=reason, exc_type=ImportError)


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_an_image_is_the_same_whatever_was_read_before(name: str, resources: Resources) -> None:
    rows = Corrupted(Smooth(), name, ROWS).open(resources)
    forwards = [rows.image(index) for index in range(len(rows))]
    backwards = [rows.image(index) for index in reversed(range(len(rows)))][::-1]
    for index, (one, other) in enumerate(zip(forwards, backwards, strict=True)):
        assert np.array_equal(one, other)
        assert (one.shape, one.dtype) == ((SIDE, SIDE, 3), np.uint8)
        assert not np.array_equal(one, Smooth().image(ROWS[index]))
    assert rows.labels.tolist() == list(ROWS)
    assert [rows.severity(index) for index in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("name", ["gaussian_noise", "impulse_noise", "fog", "contrast", "jpeg_compression"])
def test_the_highest_severity_changes_more_than_the_lowest(name: str, resources: Resources) -> None:
    rows = Corrupted(Smooth(), name, tuple([0, 1, 2, 3] * 5)).open(resources)
    changes = [
        np.abs(rows.image(index).astype(float) - Smooth().image(index % 4)).mean()
        for index in (*range(4), *range(16, 20))
    ]
    assert np.mean(changes[4:]) > 1.2 * np.mean(changes[:4])


@pytest.mark.usefixtures("_installed")
def test_random_numbers_depend_on_seed_and_row_and_leave_numpys_generator_alone(resources: Resources) -> None:
    for name in ("gaussian_noise", "impulse_noise"):
        how = Corrupted(Smooth(), name, (0, 0, 0, 0, 0))
        one, other = how.open(resources), replace(how, seed=1).open(resources)
        assert not np.array_equal(one.image(0), other.image(0))
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    one.image(0)
    assert np.random.random() == expected


@pytest.mark.usefixtures("_installed")
def test_the_fingerprint_follows_the_pixels(resources: Resources) -> None:
    how = Corrupted(Smooth(), "fog", ROWS)
    first = DataSet("fog", how).fingerprint(resources)
    assert DataSet("mist", how).fingerprint(resources) == first
    for other in ({"seed": 1}, {"corruption": "snow"}, {"rows": ROWS[::-1]}):
        assert DataSet("fog", replace(how, **other)).fingerprint(resources) != first


def test_without_the_package_it_says_what_to_install(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    for ask in (Corrupted(Smooth(), "fog", ROWS).stamp, Corrupted(Smooth(), "fog", ROWS).open):
        with pytest.raises(SuiteError, match="the package imagecorruptions is not installed") as error:
            ask(resources)
        assert error.value.next == "pip install 'basin-suite[corruptions]'"
