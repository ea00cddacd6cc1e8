"""Data from the hub or from a local mirror of it, read by the same code."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Missing, Resources
from suite.errors import SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Hub:
    """A split of a hub repository, at a pinned revision; None where no commit is known, which means its newest.

    ``SUITE_DATA/<repository>`` is read instead where that folder exists. Once SUITE_DATA is set, what it lacks is
    missing, unless SUITE_HUB=1 allows the download. Without a ``label`` column, every label is -1.
    """

    repository: str
    split: str
    revision: str | None
    config: str | None = None
    image: str = "image"
    label: str | None = "label"

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the pinned revision, or the mirror's files with their sizes and times."""
        columns = {"image": self.image, "label": self.label, "split": self.split}
        mirror = self._mirror_files(resources)
        if mirror is not None:
            files = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in mirror]
            return {"source": "mirror", **columns, "files": [list(file) for file in files]}
        if not resources.settings.hub_allowed:
            raise Missing(
                f"SUITE_DATA={resources.settings.data} has no split {self.split!r} of {self.repository}; the hub is off"
            )
        return {"source": "hub", **columns, "repository": self.repository, "config": self.config, "at": self.revision}

    def open(self, resources: Resources) -> HubRows:
        """Return the rows, from the mirror if it has them."""
        self.stamp(resources)
        mirror = self._mirror_files(resources)
        return _open(self, None if mirror is None else tuple(mirror))

    def _mirror_files(self, resources: Resources) -> list[Path] | None:
        if resources.settings.data is None:
            return None
        if not resources.settings.data.is_dir():
            raise SuiteError(
                "the data mirror is not a folder",
                place=f"SUITE_DATA={resources.settings.data}",
                next="export SUITE_DATA=<folder with OWNER/NAME inside>, or unset SUITE_DATA",
            )
        folder = resources.settings.data / self.repository
        files = sorted(folder.rglob(f"{self.split}-*.parquet"))
        inside = [file for file in files if self.config in file.relative_to(folder).parts]
        return inside or files or None


@lru_cache(maxsize=16)
def _open(hub: Hub, mirror: tuple[Path, ...] | None) -> HubRows:
    from datasets import DownloadConfig, load_dataset

    try:
        if mirror is not None:
            data = load_dataset("parquet", data_files={hub.split: [str(path) for path in mirror]}, split=hub.split)
        else:
            data = load_dataset(
                hub.repository,
                hub.config,
                split=hub.split,
                revision=hub.revision,
                download_config=DownloadConfig(max_retries=3),
            )
    except Exception as error:  # the library raises whatever its readers and the network raise
        if mirror is None:
            raise Missing(f"{hub.repository} could not be downloaded: {_first_line(error)}") from error
        raise SuiteError(
            f"the mirror of {hub.repository} cannot be read: {_first_line(error)}",
            place=", ".join(str(path) for path in mirror),
            next="restore the file from the hub, or unset SUITE_DATA to download it, then: suite run",
        ) from error
    for column in (hub.image, hub.label):
        if column is not None and column not in data.column_names:
            raise SuiteError(
                f"{hub.repository} has no column {column!r}; it has {', '.join(data.column_names)}",
                place=f"split {hub.split!r}" + (f" in {mirror[0].parent}" if mirror else f" at {hub.revision}"),
                next="use the repository that the task's page names: suite tasks show TASK",
            )
    return HubRows(data.data.column(hub.image), None if hub.label is None else data.data.column(hub.label))


class HubRows:
    """Rows of a hub data set, from its Arrow columns; images are decoded one at a time."""

    def __init__(self, images: Any, labels: Any) -> None:
        self._images = images
        self._labels = labels

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Class labels [N]."""
        import numpy as np

        if self._labels is None:
            return np.full(len(self), -1, dtype=np.int64)
        return np.asarray(self._labels.to_numpy(), dtype=np.int64)

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index``, decoded."""
        import numpy as np
        from PIL import Image

        image = Image.open(io.BytesIO(self.content(index)))
        return np.asarray(image if image.mode in ("L", "RGB") else image.convert("RGB"))

    def content(self, index: int) -> bytes:
        """Return the encoded file's bytes."""
        row = self._images[index].as_py()
        return bytes(row["bytes"]) if row["bytes"] is not None else Path(row["path"]).read_bytes()

    def __len__(self) -> int:
        return len(self._images)


def _first_line(error: Exception) -> str:
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:300]
