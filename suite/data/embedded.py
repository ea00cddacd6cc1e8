"""Embedded data: what scikit-learn ships, so that the suite runs with no download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from suite.cache import Cache
from suite.contracts import Resources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PHOTOGRAPHS = "photograph-patches"
PATCHES = 1000
NOISE = 1000


@dataclass(frozen=True)
class ArrayRows:
    """Rows held in memory: images [N, height, width] uint8 and labels [N] int64."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index`` [height, width]."""
        image: NDArray[np.uint8] = self.images[index]
        return image

    def content(self, index: int) -> bytes:
        """Return the pixels' bytes."""
        return bytes(self.images[index].tobytes())

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Embedded:
    """A source that makes its rows in memory, by name: ``digits``, ``photograph-patches`` or ``uniform-noise``."""

    name: str

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the versions that could change the arrays."""
        return _stamp(self.name)

    def open(self, resources: Resources) -> ArrayRows:
        """Return the rows; what is made of photographs is kept in the cache, as making it takes 0.1 CPU seconds."""
        return _kept(self.name, resources.cache) if self.name == PHOTOGRAPHS else _make(self.name)


def _stamp(name: str) -> dict[str, Any]:
    return {"source": "embedded", "name": name, "scikit-learn": _version(), "recipe": 1}


@lru_cache
def _version() -> str:
    from importlib.metadata import version

    return version("scikit-learn")


@lru_cache
def _make(name: str) -> ArrayRows:
    return MAKERS[name]()


@lru_cache
def _kept(name: str, cache: Cache) -> ArrayRows:
    import torch

    def make() -> dict[str, torch.Tensor]:
        made = _make(name)
        return {"images": torch.from_numpy(made.images), "labels": torch.from_numpy(made.labels)}

    rows = cache.tensors("data", _stamp(name), make)
    return ArrayRows(rows["images"].numpy(), rows["labels"].numpy())


def _digits() -> ArrayRows:
    """scikit-learn's digits: 1,797 images 8x8 of 0..16, labels 0..9."""
    import numpy as np
    from sklearn.datasets import load_digits

    digits = load_digits()
    return ArrayRows(digits.images.astype(np.uint8), digits.target.astype(np.int64))


def _photograph_patches() -> ArrayRows:
    """Grey 8x8 patches, at random places of scikit-learn's two sample photographs, each stretched to 0..16.

    Stretching gives a patch the digits' range, so that mere contrast does not give it away. Flat patches (a range
    under 16 of 255) are drawn again: stretched, they would be camera noise.
    """
    import numpy as np
    from sklearn.datasets import load_sample_images

    photographs = [image.mean(axis=2) for image in load_sample_images().images]
    rng = np.random.default_rng(0)
    patches: list[NDArray[np.uint8]] = []
    while len(patches) < PATCHES:
        photograph = photographs[rng.integers(len(photographs))]
        top, left = (int(rng.integers(size - 7)) for size in photograph.shape)
        patch = photograph[top : top + 8, left : left + 8]
        span = patch.max() - patch.min()
        if span >= 16:
            patches.append(np.rint(16 * (patch - patch.min()) / span).astype(np.uint8))
    return ArrayRows(np.stack(patches), np.full(PATCHES, -1))


def _uniform_noise() -> ArrayRows:
    """8x8 images whose pixels are drawn uniformly from 0..16."""
    import numpy as np

    images = np.random.default_rng(1).integers(17, size=(NOISE, 8, 8)).astype(np.uint8)
    return ArrayRows(images, np.full(NOISE, -1))


MAKERS: dict[str, Callable[[], ArrayRows]] = {
    "digits": _digits,
    PHOTOGRAPHS: _photograph_patches,
    "uniform-noise": _uniform_noise,
}
