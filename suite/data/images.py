"""Images of one's own: a folder with a folder for each class, a folder without classes, or a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Missing, Resources
from suite.data.decoding import Undecodable, decoded
from suite.errors import Damaged, SuiteError, first_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDINGS = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"))
GUIDE = "read docs/own-data.md, section 'Images of your own'"


@dataclass(frozen=True)
class Images:
    """A folder or a Parquet file of images.

    A folder with folders in it has a class for each of those, in the order of their names; what lies deeper belongs to
    the class. A folder of images alone has no classes: every label is -1. A Parquet file has the column ``image``, the
    encoded bytes or the hub's struct with ``bytes`` in it, and maybe ``label``, whole numbers or names.

    Attributes:
        path: where it lies.
        image, label: names of the columns of a Parquet file.
    """

    path: Path
    image: str = "image"
    label: str = "label"

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the files with their sizes and times.

        Raises:
            Missing: there is nothing at the path.
        """
        return {"source": "images", "image": self.image, "label": self.label, "files": [list(f) for f in self._files()]}

    def open(self, resources: Resources) -> ImageRows:
        """Return the rows.

        Raises:
            Missing: there is nothing at the path.
            SuiteError: there are no images, or a row of the file is none or has no label where others have.
        """
        return self.rows()

    def rows(self) -> ImageRows:
        """Return the rows, as `open` does."""
        files = self._files()
        return _of_table(self, files) if self.path.is_file() else _of_folder(self.path, files)

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        if self.path.is_file():
            found = [self.path]
        elif self.path.is_dir():
            found = sorted(path for path in self.path.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
            found = [
                path for path in found if not any(part.startswith(".") for part in path.parts[len(self.path.parts) :])
            ]
        else:
            raise Missing(f"{self.path} does not exist")
        stats = [(path, path.stat()) for path in found]
        return tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats)


class ImageRows:
    """Encoded images by row, decoded one at a time, with labels [N] and the names of the classes."""

    def __init__(self, encoded: Sequence[Any], labels: NDArray[np.int64], classes: tuple[str, ...], where: str) -> None:
        self._encoded, self._where = encoded, where
        self.labels, self.classes = labels, classes

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``, decoded, [height, width] grey or [height, width, 3] RGB; of 16 bits the upper 8.

        Raises:
            Damaged: it cannot be decoded, is too large, or its pixels are of no known range.
        """
        try:
            return decoded(self.content(index))
        except Undecodable as error:
            raise Damaged(
                f"the image in row {index} cannot be used: {error}",
                place=self.place(index),
                next="correct or remove it, then run the same command",
            ) from None

    def content(self, index: int) -> bytes:
        """Return the encoded bytes."""
        row = self._encoded[index]
        return row.read_bytes() if isinstance(row, Path) else bytes(row.as_py())

    def place(self, index: int) -> str:
        """Return where a row lies."""
        row = self._encoded[index]
        return str(row) if isinstance(row, Path) else f"{self._where}, row {index}"

    def __len__(self) -> int:
        return len(self.labels)


@lru_cache(maxsize=16)
def _of_folder(folder: Path, files: tuple[tuple[str, int, int], ...]) -> ImageRows:
    import numpy as np

    paths = [Path(name) for name, _, _ in files]
    if not paths:
        raise SuiteError(
            f"the folder has no images. Names of images end in {', '.join(sorted(ENDINGS))}",
            place=str(folder),
            next=GUIDE,
        )
    tops = [path.relative_to(folder).parts for path in paths]
    loose = [path for path, parts in zip(paths, tops, strict=True) if len(parts) == 1]
    if loose and len(loose) < len(paths):
        raise SuiteError(
            f"{len(loose)} images are not in the folder of a class",
            place=str(loose[0]),
            next="move each into the folder of its class, or to another place",
        )
    classes = () if loose else tuple(sorted({parts[0] for parts in tops}))
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers.get(parts[0], -1) if classes else -1 for parts in tops], dtype=np.int64)
    return ImageRows(paths, labels, classes, str(folder))


@lru_cache(maxsize=16)
def _of_table(source: Images, files: tuple[tuple[str, int, int], ...]) -> ImageRows:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    where = str(source.path)
    try:
        names = pq.read_schema(source.path).names
        wanted = [name for name in (source.image, source.label) if name in names]
        table = pq.read_table(source.path, columns=wanted).combine_chunks()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise SuiteError(f"this is not a Parquet file: {first_line(error)}", place=where, next=GUIDE) from None
    if source.image not in names:
        raise SuiteError(
            f"the file has no column {source.image!r}. Its columns are {', '.join(names) or 'none'}",
            place=where,
            next=GUIDE,
        )
    images = table.column(source.image)
    if pa.types.is_struct(images.type) and images.type.get_field_index("bytes") >= 0:
        images = pc.struct_field(images, "bytes")
    if not (pa.types.is_binary(images.type) or pa.types.is_large_binary(images.type)):
        raise SuiteError(
            f"the column {source.image!r} holds {images.type}. It must hold encoded images as bytes",
            place=where,
            next=GUIDE,
        )
    _check_none(images, "has no image", where)
    if not len(images):
        raise SuiteError("the file has no rows", place=where, next=GUIDE)
    labels, classes = _labels(table.column(source.label), source.label, where) if source.label in names else (None, ())
    if labels is None:
        import numpy as np

        labels = np.full(len(images), -1, dtype=np.int64)
    return ImageRows(images, labels, classes, where)


def _labels(column: Any, name: str, where: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return labels numbered from 0 in the order of their values, and those values as text."""
    import numpy as np
    import pyarrow as pa

    _check_none(column, "has no label", where)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if not (text or pa.types.is_integer(column.type)):
        raise SuiteError(
            f"the column {name!r} holds {column.type}. It must hold whole numbers or names of classes",
            place=where,
            next=GUIDE,
        )
    values = column.to_numpy(zero_copy_only=False) if not text else np.array(column.to_pylist(), dtype=object)
    if not text and (values < 0).any():
        row = int(np.flatnonzero(values < 0)[0])
        raise SuiteError(
            f"row {row} has the label {values[row]}. Labels start at 0",
            place=where,
            next="correct the label, or remove the row",
        )
    known, numbers = np.unique(values, return_inverse=True)
    return numbers.astype(np.int64), tuple(map(str, known))


def _check_none(column: Any, problem: str, where: str) -> None:
    if column.null_count:
        row = column.is_null().to_pylist().index(True)
        raise SuiteError(f"row {row} {problem}", place=where, next="correct the row, or remove it")
