"""Corrupted images: the common corruptions of Hendrycks & Dietterich 2019, through the imagecorruptions package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import Rows, Source
from suite.errors import SuiteError
from suite.hashing import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# fmt: off
CORRUPTIONS = (
    "gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow",
    "frost", "fog", "brightness", "contrast", "elastic_transform", "pixelate", "jpeg_compression",
    "speckle_noise", "gaussian_blur", "spatter", "saturate",
)
# fmt: on
"""The 15 corruptions of the benchmark and the 4 extra ones, by the package's names."""
SEVERITIES = 5
SEEDED = ("impulse_noise", "glass_blur")  # draw from generators of their own, and take a seed instead
PACKAGES = ("imagecorruptions-imaug", "numpy", "opencv-python", "pillow", "scikit-image", "scipy")


@dataclass(frozen=True)
class Corrupted:
    """Chosen rows of another source under one corruption, an equal share at each of the five severities.

    A row's random numbers follow from (seed, row of the source, corruption, severity) alone, so its image is the same
    whichever rows are read before it.

    Attributes:
        source: RGB or grey images of at least 32x32 pixels; grey ones become RGB.
        corruption: one of `CORRUPTIONS`.
        rows: rows of the source; the first fifth of them gets severity 1, and so on.
        seed: of every random number.
    """

    source: Source
    corruption: str
    rows: tuple[int, ...]
    seed: int = 0

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the source's stamp, the choice, and the versions that could change the pixels.

        Raises:
            SuiteError: imagecorruptions is not installed.
        """
        choice = {"corruption": self.corruption, "rows": digest(list(self.rows)), "seed": self.seed}
        return {"source": "corrupted", "of": self.source.stamp(resources), **choice, "packages": _versions()}

    def open(self, resources: Resources) -> CorruptedRows:
        """Return the rows; images are corrupted when they are asked for.

        Raises:
            SuiteError: imagecorruptions is not installed.
        """
        _versions()
        return CorruptedRows(self.source.open(resources), self)


@dataclass(frozen=True)
class CorruptedRows:
    """Rows of another data set, corrupted; labels are the originals'."""

    original: Rows
    how: Corrupted

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Class labels [N]."""
        return self.original.labels[list(self.how.rows)]

    def severity(self, index: int) -> int:
        """Return how strongly image ``index`` is corrupted, 1 to 5."""
        return 1 + index * SEVERITIES // len(self.how.rows)

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``, corrupted, [height, width, 3]."""
        import numpy as np
        from imagecorruptions import corrupt

        row, severity = self.how.rows[index], self.severity(index)
        key = [self.how.seed, row, self.how.corruption, severity]
        seed = int(digest(key)[:8], 16)
        own = {"seed": seed} if self.how.corruption in SEEDED else {}
        with _numpy_seeded(seed):
            corrupted = corrupt(self.original.image(row), severity, self.how.corruption, **own)
        return np.asarray(corrupted, dtype=np.uint8)

    def content(self, index: int) -> bytes:
        """Return the corrupted pixels' bytes."""
        return self.image(index).tobytes()

    def __len__(self) -> int:
        return len(self.how.rows)


@contextmanager
def _numpy_seeded(seed: int) -> Iterator[None]:
    """Seed numpy's global generator, which the package draws from, and put its state back afterwards."""
    import numpy as np

    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {package: version(package) for package in PACKAGES}
    except PackageNotFoundError as error:
        raise SuiteError(
            "the package imagecorruptions is not installed. Corrupted images need it",
            place=f"package {error.name!r}",
            next="pip install 'basin-suite[corruptions]'",
        ) from None
