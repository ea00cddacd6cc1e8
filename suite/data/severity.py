"""Images of another source on a dial: turned, blurred or noisy, from severity 0, which is nothing, to 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import DataSet, Rows, Source
from suite.data.split import Split
from suite.errors import SuiteError, did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shift = Callable[[NDArray[np.uint8], float, int, int], NDArray[np.uint8]]


def shifted(split: Split, kind: str, severity: float, top: int) -> Split:
    """Return the same rows and labels with their images shifted; at severity 0, the split itself.

    Args:
        split: of grey or RGB images.
        kind: a key of `SHIFTS`.
        severity: 0 to 1.
        top: the largest pixel value of the data set.

    Raises:
        SuiteError: there is no such shift.
    """
    if kind not in SHIFTS:
        raise SuiteError(
            f"{kind!r} is not a shift.{did_you_mean(kind, SHIFTS)}",
            place=f"data set {split.data.name!r}",
            next=f"name one of {', '.join(SHIFTS)}",
        )
    if severity == 0:
        return split
    source = Shifted(split.data.source, kind, severity, top)
    data = DataSet(f"{split.data.name}-{kind}-{severity:g}", source, split.data.optional)
    return Split(data, split.indices, split.labels)


@dataclass(frozen=True)
class ShiftedRows:
    """Rows of another source, shifted when asked for; labels are the source's."""

    original: Rows
    how: Shifted

    @property
    def labels(self) -> NDArray[np.int64]:
        """The source's labels [N]."""
        return self.original.labels

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``; what is drawn for it is the same at every severity, only larger."""
        return SHIFTS[self.how.kind](self.original.image(index), self.how.severity, self.how.top, index)

    def content(self, index: int) -> bytes:
        """Return the shifted pixels' bytes."""
        return self.image(index).tobytes()

    def __len__(self) -> int:
        return len(self.original)


@dataclass(frozen=True)
class Shifted:
    """A source whose images are shifted; see `shifted`."""

    source: Source
    kind: str
    severity: float
    top: int

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the source's stamp, the shift and its size."""
        of = self.source.stamp(resources)
        return {"source": "shifted", "of": of, "kind": self.kind, "severity": self.severity, "top": self.top}

    def open(self, resources: Resources) -> ShiftedRows:
        """Return the rows."""
        return ShiftedRows(self.source.open(resources), self)


def _turned(image: NDArray[np.uint8], severity: float, top: int, index: int) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.fromarray(image).rotate(60 * severity, Image.Resampling.BILINEAR))


def _blurred(image: NDArray[np.uint8], severity: float, top: int, index: int) -> NDArray[np.uint8]:
    import numpy as np
    from scipy.ndimage import gaussian_filter

    width = severity**0.5 * image.shape[0] * 3 / 16
    blurred = gaussian_filter(image.astype(np.float64), width, axes=(0, 1), mode="nearest")
    return np.rint(blurred).astype(np.uint8)


def _noisy(image: NDArray[np.uint8], severity: float, top: int, index: int) -> NDArray[np.uint8]:
    import numpy as np

    noise = severity * top * np.random.default_rng([index, *b"noise"]).standard_normal(image.shape)
    return np.rint(np.clip(image + noise, 0, top)).astype(np.uint8)


SHIFTS: dict[str, Shift] = {"rotation": _turned, "blur": _blurred, "noise": _noisy}
"""By name, the function of (image, severity, largest pixel value, row). At severity 1 an image is turned by 60 degrees
counter-clockwise (what comes in from outside is zero), blurred by a Gaussian of 3/16 of its height, or has noise from
a Gaussian as wide as the whole range of a pixel, clipped to it. Angle, variance of the blur and width of the noise are
proportional to the severity."""
