"""Grey images of another source, each in one of six colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import Rows, Source
from suite.hashing import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLOURS = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1))
"""Red, green, blue, yellow, magenta and cyan, as shares of a pixel. The largest channel is the grey image."""


@dataclass(frozen=True)
class ColouredRows:
    """Rows of another source, coloured when asked for: images [height, width, 3], uint8."""

    grey: Rows
    colours: tuple[int, ...]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The source's labels [N]."""
        return self.grey.labels

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index`` in its colour."""
        import numpy as np

        return self.grey.image(index)[:, :, None] * np.array(COLOURS[self.colours[index]], dtype=np.uint8)

    def content(self, index: int) -> bytes:
        """Return the coloured pixels' bytes."""
        return self.image(index).tobytes()

    def __len__(self) -> int:
        return len(self.grey)


@dataclass(frozen=True)
class Coloured:
    """A source whose grey images are coloured; ``colours`` has the number of each row's, of `COLOURS`."""

    source: Source
    colours: tuple[int, ...]

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the source's stamp and the colours."""
        return {"source": "coloured", "of": self.source.stamp(resources), "colours": digest(list(self.colours))}

    def open(self, resources: Resources) -> ColouredRows:
        """Return the rows, labelled as the source's."""
        return ColouredRows(self.source.open(resources), self.colours)
