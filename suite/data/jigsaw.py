"""Jigsaw images: four quadrants of four images of different classes, so an image of none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import DataSet, Source
from suite.data.embedded import ArrayRows
from suite.data.split import Split
from suite.hashing import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUADRANTS = 4


def jigsaw(name: str, split: Split, count: int, seed: int, resources: Resources) -> Split:
    """Return ``count`` jigsaw images made of a split's images, as a data set of that name."""
    rows = tuple(int(row) for row in split.rows(resources))
    return Split(DataSet(name, Jigsaw(split.data.source, rows, count, seed)))


@dataclass(frozen=True)
class Jigsaw:
    """OOD images made of a source's own: its strokes and contrasts, but no object.

    Every image takes each quadrant, at its place, from another image, and no two of the four share a class. Only
    ``rows`` of the source are used, so that jigsaws made of one split share nothing with the other splits.

    Attributes:
        source: images of one size with labels of at least four classes among ``rows``.
        rows: the rows to take quadrants from.
        count: how many images to make.
        seed: of the choice.
    """

    source: Source
    rows: tuple[int, ...]
    count: int
    seed: int

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the source's stamp and the choice; the images follow from both."""
        choice = {"rows": digest(list(self.rows)), "count": self.count, "seed": self.seed}
        return {"source": "jigsaw", "of": self.source.stamp(resources), **choice, "recipe": 1}

    def open(self, resources: Resources) -> ArrayRows:
        """Return the rows, labelled -1.

        Raises:
            ValueError: ``rows`` has images of fewer than four classes.
        """
        import numpy as np

        whole = self.source.open(resources)
        rows = np.asarray(self.rows, dtype=np.int64)
        members = _by_class(rows, whole.labels[rows])
        if len(members) < QUADRANTS:
            raise ValueError(f"a jigsaw needs images of {QUADRANTS} classes. There are {len(members)}")
        rng = np.random.default_rng(self.seed)
        chosen = (rng.permutation(len(members))[:QUADRANTS] for _ in range(self.count))
        images = [_joined([whole.image(int(rng.choice(members[which]))) for which in classes]) for classes in chosen]
        return ArrayRows(np.stack(images), np.full(self.count, -1))


def _by_class(rows: NDArray[np.int64], labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    import numpy as np

    return [rows[labels == label] for label in np.unique(labels)]


def _joined(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return one image: its upper left from the first, upper right from the second, lower ones from the others."""
    joined = images[0].copy()
    height, width = (size // 2 for size in joined.shape[:2])
    joined[:height, width:] = images[1][:height, width:]
    joined[height:, :width] = images[2][height:, :width]
    joined[height:, width:] = images[3][height:, width:]
    return joined
