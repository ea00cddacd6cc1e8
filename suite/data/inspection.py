"""Looks at every image of data sets of one's own once, before anything is measured on them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.data.images import ImageRows
from suite.errors import SuiteError


@dataclass(frozen=True)
class Inspection:
    """What a data set holds: images by class, sizes, whether all are grey, and how many are in it more than once."""

    classes: dict[str, int]
    count: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    median: int
    grey: bool
    repeated: int

    def __str__(self) -> str:
        sizes = "x".join(map(str, self.smallest))
        if self.largest != self.smallest:
            sizes += f" to {'x'.join(map(str, self.largest))}"
        parts = [f"{self.count:,} images", f"{len(self.classes)} classes" if self.classes else "no classes", sizes]
        return ", ".join([*parts, *([f"{self.repeated} of them more than once"] if self.repeated else [])])


def inspect(name: str, rows: ImageRows, seen: dict[bytes, str]) -> Inspection:
    """Decode every image of a data set, and return what there is.

    ``seen`` has where each content was met before, in this data set or another; what is met is added.

    Raises:
        SuiteError: an image cannot be read, or is there again under another label or in another data set.
    """
    shapes: list[tuple[int, ...]] = []
    labels: dict[bytes, int] = {}
    grey, repeated = True, 0
    for index in range(len(rows)):
        image = rows.image(index)
        shapes.append(image.shape[:2])
        grey = grey and image.ndim == 2
        digest = hashlib.sha256(rows.content(index)).digest()
        before = seen.setdefault(digest, f"{name}: {rows.place(index)}")
        label = labels.setdefault(digest, int(rows.labels[index]))
        if before != f"{name}: {rows.place(index)}":
            if not before.startswith(f"{name}: ") or label != rows.labels[index]:
                what = "under another label" if before.startswith(f"{name}: ") else "in another data set"
                raise SuiteError(
                    f"the same image is there twice, {what}: {rows.place(index)}",
                    place=before,
                    next="remove one of the two, then run the same command",
                )
            repeated += 1
    sides: NDArray[np.int64] = np.array(shapes)
    counts = np.bincount(rows.labels, minlength=len(rows.classes)).tolist() if rows.classes else []
    return Inspection(
        classes=dict(zip(rows.classes, counts, strict=True)),
        count=len(rows),
        smallest=(int(sides[:, 0].min()), int(sides[:, 1].min())),
        largest=(int(sides[:, 0].max()), int(sides[:, 1].max())),
        median=int(np.median(sides.min(axis=1))),
        grey=grey,
        repeated=repeated,
    )


def total(inspections: Mapping[str, Inspection]) -> str:
    """Return what there is of each data set, a line each."""
    return "\n".join(f"  {name}: {inspection}" for name, inspection in inspections.items())
