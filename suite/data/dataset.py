"""Data sets: a name, a source, and a fingerprint of the content wherever it came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from suite.contracts import Ingredient, Resources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Rows(Protocol):
    """The rows of a data set that is at hand."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """Class labels [N]; -1 where the data set has none."""

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return one image, [height, width] grey or [height, width, 3] RGB."""

    def content(self, index: int) -> bytes:
        """Return the bytes that identify the image of a row, whatever it came in."""

    def __len__(self) -> int:
        """How many rows there are."""


class Source(Protocol):
    """Where a data set comes from."""

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return what changes whenever the content may have changed; cheap.

        Raises:
            Missing: the data set is not at hand.
        """

    def open(self, resources: Resources) -> Rows:
        """Return the rows.

        Raises:
            Missing: the data set is not at hand.
            SuiteError: it is there but cannot be read.
        """


@dataclass(frozen=True)
class DataSet(Ingredient):
    """A data set by name. ``optional`` ones may be missing; the task then reports a partial result."""

    kind = "data"
    name: str
    source: Source
    optional: bool = False

    def open(self, resources: Resources) -> Rows:
        """Return the rows; see `Source.open`."""
        return self.source.open(resources)

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the content's sha256 if it was computed before for this very stamp."""
        note = resources.cache.note("fingerprints", self.source.stamp(resources))
        return None if note is None else str(note["sha256"])

    def make(self, resources: Resources) -> str:
        """Return the sha256 over every row's image bytes and label, in order; remembered under the source's stamp.

        The same content has the same fingerprint from the hub, from a mirror, or in files split differently.
        """
        stamp = self.source.stamp(resources)
        resources.log(f"fingerprint of {self.name}")
        rows = self.open(resources)
        hasher = hashlib.sha256()
        labels = rows.labels
        for index in range(len(rows)):
            content = rows.content(index)
            hasher.update(len(content).to_bytes(8, "little"))
            hasher.update(content)
            hasher.update(int(labels[index]).to_bytes(8, "little", signed=True))
        resources.cache.write_note("fingerprints", stamp, {"sha256": hasher.hexdigest(), "rows": len(rows)})
        return hasher.hexdigest()
