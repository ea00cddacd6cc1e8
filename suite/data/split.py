"""Splits: chosen rows of a data set, seen through a transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.transform import Transform
from suite.errors import SuiteError
from suite.hashing import bytes_digest, digest
from suite.lazy import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of a data set, all of them or those of ``indices`` [N]; ``labels`` [N] override the data set's own.

    Labels are needed where a task numbers classes anew, as when some are left out.
    """

    data: DataSet
    indices: NDArray[np.int64] | None = None
    labels: NDArray[np.int64] | None = None

    def identity(self, resources: Resources) -> dict[str, Any]:
        """Return what the split's images depend on, as plain data."""
        chosen = None if self.indices is None else digest([int(index) for index in self.indices])
        return {"data": self.data.fingerprint(resources), "indices": chosen}

    def learned(self, resources: Resources) -> dict[str, Any] | None:
        """Return what training on the split depends on, as plain data: which images in which order, and their labels.

        None while the data's fingerprint is not known.
        """
        data = self.data.known_fingerprint(resources)
        if data is None:
            return None
        return {"data": data, "rows": _digest(self.indices), "labels": _digest(self.labels)}

    def rows(self, resources: Resources) -> NDArray[np.int64]:
        """Return the row numbers [N] in the data set."""
        import numpy as np

        return np.arange(len(self.data.open(resources))) if self.indices is None else self.indices

    def targets(self, resources: Resources) -> NDArray[np.int64]:
        """Return the labels [N]."""
        if self.labels is not None:
            return self.labels
        labels = self.data.open(resources).labels
        return labels if self.indices is None else labels[self.indices]

    def check(self, name: str, resources: Resources, classes: int | None = None) -> None:
        """Refuse a split without images, or with labels that are none of so many ``classes``; ``name`` says which.

        Raises:
            SuiteError: it cannot be used.
        """
        import numpy as np

        labels = self.targets(resources)
        outside = np.flatnonzero((labels < 0) | (labels >= classes)) if classes is not None else labels[:0]
        if len(labels) and not len(outside):
            return
        label = f"label {labels[outside[0]]} at place {outside[0]}, of {classes} classes" if len(outside) else ""
        raise SuiteError(
            f"the {name} split of {self.data.name} has {label or 'no image'}",
            place=f"data set {self.data.name!r}",
            next="choose rows and labels that fit: suite tasks show TASK",
        )

    def check_classes(self, name: str, resources: Resources) -> None:
        """Refuse a split with images of fewer than two classes: whoever always says one is right, or nobody is.

        Raises:
            SuiteError: it cannot be used.
        """
        known = sorted(set(self.targets(resources).tolist()) - {-1})
        if len(known) < 2:
            raise SuiteError(
                f"the {name} split of {self.data.name} has images of {len(known)} classes. It must have two or more",
                place=f"data set {self.data.name!r}",
                next="choose rows of several classes: suite tasks show TASK",
            )

    def part(self, places: NDArray[np.int64], resources: Resources) -> Split:
        """Return the split of what is at ``places`` of this one, in that order."""
        labels = None if self.labels is None else self.labels[places]
        return Split(self.data, self.rows(resources)[places], labels)

    def pixels(
        self, transform: Transform, resources: Resources, places: slice | NDArray[np.int64] = slice(None)
    ) -> Tensor:
        """Return the pixels at ``places`` of the split, in their order, uint8 [B, size, size, channels]."""
        import numpy as np

        rows = self.data.open(resources)
        chosen = self.rows(resources)[places]
        pixels = np.empty((len(chosen), transform.size, transform.size, transform.channels), dtype=np.uint8)
        for place, row in enumerate(chosen):
            pixels[place] = transform.pixels(rows.image(int(row)))
        return torch.from_numpy(pixels)


def _digest(numbers: NDArray[np.int64] | None) -> str | None:
    return None if numbers is None else bytes_digest(numbers.astype("<i8").tobytes())


@dataclass(frozen=True)
class SplitImages:
    """The images of several splits in a row, or in a given order, decoded when they are asked for.

    Implements the OOD track's `Images`.
    """

    splits: tuple[Split, ...]
    transform: Transform
    resources: Resources
    order: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return sum(len(split.rows(self.resources)) for split in self.splits)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> Tensor:
        import numpy as np

        counts = [len(split.rows(self.resources)) for split in self.splits]
        wanted = (np.arange(sum(counts)) if self.order is None else self.order)[rows]
        ends = np.cumsum(counts)
        which = np.searchsorted(ends, wanted, side="right")
        size, channels = self.transform.size, self.transform.channels
        pixels = torch.empty(len(wanted), size, size, channels, dtype=torch.uint8)
        for number in np.unique(which):  # a split at a time: opening its data set costs more than decoding an image
            mine = np.flatnonzero(which == number)
            places = wanted[mine] - (ends[number] - counts[number])
            pixels[torch.from_numpy(mine)] = self.splits[number].pixels(self.transform, self.resources, places)
        return self.transform.normalise(pixels.to(self.resources.device))
