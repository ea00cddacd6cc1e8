"""Rows of images that are encoded as files, in Arrow columns: checked when they are opened, decoded one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite.data.decoding import Undecodable, decoded
from suite.errors import Damaged

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

NEXT = "use the repository that the task's page names: suite tasks show TASK; or correct the row"
UNLABELLED = -1
"""What stands for a label where there is none, on the hub too."""


class EncodedRows:
    """Rows of a data set, from its Arrow columns.

    Args:
        images: encoded files, as bytes or as the hub's struct of ``bytes`` and ``path``.
        labels: class numbers; None if the data set has none, and every label is -1.
        name: of the data set, for errors.
        place: where its rows lie, for errors.

    Raises:
        Damaged: a column is of another type, or a row has no image or no label.
    """

    def __init__(self, images: pa.ChunkedArray, labels: pa.ChunkedArray | None, name: str, place: str) -> None:
        self._name, self._place = name, place
        self._files = self._checked_files(images)
        self.labels = self._checked_labels(labels)

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``, decoded, [height, width] grey or [height, width, 3] RGB; of 16 bits the upper 8.

        Raises:
            Damaged: it cannot be decoded, or its pixels are of no known range.
        """
        try:
            return decoded(self.content(index))
        except Undecodable as error:
            raise self._wrong(f"an image is of no use: {error}", index) from error

    def content(self, index: int) -> bytes:
        """Return the encoded file's bytes."""
        content: bytes = self._files[index].as_py()
        return content

    def __len__(self) -> int:
        return len(self._files)

    def _checked_files(self, images: pa.ChunkedArray) -> pa.ChunkedArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        files = images
        if pa.types.is_struct(images.type) and images.type.get_field_index("bytes") >= 0:
            files = pc.struct_field(images, "bytes")  # a path beside them is a file of some machine: it is not read
        if not (pa.types.is_binary(files.type) or pa.types.is_large_binary(files.type)):
            raise self._wrong(f"its images are {images.type}, not encoded files")
        if files.null_count:
            raise self._wrong("an image is null", _first(pc.is_null(files)))
        return files

    def _checked_labels(self, labels: pa.ChunkedArray | None) -> NDArray[np.int64]:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if labels is None:
            return np.full(len(self), UNLABELLED, dtype=np.int64)
        if not pa.types.is_integer(labels.type):
            raise self._wrong(f"its labels are {labels.type}, not class numbers")
        if labels.null_count:
            raise self._wrong("a label is null", _first(pc.is_null(labels)))
        numbers: NDArray[np.int64] = labels.cast(pa.int64()).to_numpy()
        if (numbers < UNLABELLED).any():
            row = int(np.argmin(numbers))
            raise self._wrong(f"a label is {numbers[row]}, no class number", row)
        return numbers

    def _wrong(self, cause: str, row: int | None = None) -> Damaged:
        return Damaged(
            f"{self._name} cannot be used: {cause}",
            place=self._place if row is None else f"row {row} (from 0) of {self._place}",
            next=NEXT,
        )


def _first(flags: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.index(flags, True).as_py())
