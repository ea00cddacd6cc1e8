"""Images of another source, rotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import DataSet, Rows, Source
from suite.data.split import Split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def rotate(split: Split, degrees: float) -> Split:
    """Return the same rows and labels of the rotated data set; by 0 degrees, the split itself."""
    if degrees == 0:
        return split
    data = DataSet(f"{split.data.name}-rotated-{degrees:g}", Rotated(split.data.source, degrees), split.data.optional)
    return Split(data, split.indices, split.labels)


@dataclass(frozen=True)
class RotatedRows:
    """Rows of another source, rotated when asked for: images [height, width] or [height, width, 3], uint8."""

    upright: Rows
    degrees: float

    @property
    def labels(self) -> NDArray[np.int64]:
        """The source's labels [N]."""
        return self.upright.labels

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``, interpolated bilinearly."""
        import numpy as np
        from PIL import Image

        return np.asarray(Image.fromarray(self.upright.image(index)).rotate(self.degrees, Image.Resampling.BILINEAR))

    def content(self, index: int) -> bytes:
        """Return the rotated pixels' bytes."""
        return self.image(index).tobytes()

    def __len__(self) -> int:
        return len(self.upright)


@dataclass(frozen=True)
class Rotated:
    """A source whose images are rotated counter-clockwise about their centre; what comes in from outside is zero."""

    source: Source
    degrees: float

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the source's stamp and the angle."""
        return {"source": "rotated", "of": self.source.stamp(resources), "degrees": self.degrees, "recipe": 1}

    def open(self, resources: Resources) -> RotatedRows:
        """Return the rows, labelled as the source's."""
        return RotatedRows(self.source.open(resources), self.degrees)
