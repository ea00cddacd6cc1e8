"""Arrays of images from a NumPy file of the hub, or of a local mirror of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from suite.contracts import Missing, Resources
from suite.data.embedded import ArrayRows
from suite.errors import Damaged, first_line


@dataclass(frozen=True)
class HubArrays:
    """A split of an ``.npz`` file in a hub repository, at a pinned revision: arrays ``<split>_images`` and ``_labels``.

    ``SUITE_DATA/<repository>/<file>`` is read instead where it exists. Once SUITE_DATA is set, what it lacks is
    missing, unless SUITE_HUB=1 allows the download. No pickled object is read.
    """

    repository: str
    file: str
    split: str
    revision: str

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return the pinned revision, or the mirror's file with its size and time of change."""
        mirror = self._mirrored(resources)
        if mirror is not None:
            known = mirror.stat()
            file = [str(mirror), known.st_size, known.st_mtime_ns]
            return {"source": "mirrored arrays", "split": self.split, "file": file}
        if not resources.settings.hub_allowed:
            raise Missing(f"SUITE_DATA={resources.settings.data} has no {self.repository}/{self.file}; the hub is off")
        place = {"repository": self.repository, "file": self.file, "at": self.revision}
        return {"source": "hub arrays", "split": self.split, **place}

    def open(self, resources: Resources) -> ArrayRows:
        """Return the rows, from the mirror if it has the file."""
        self.stamp(resources)
        path = self._mirrored(resources) or self._downloaded()
        return _read(path, path.stat().st_mtime_ns, self.split)

    def _mirrored(self, resources: Resources) -> Path | None:
        folder = resources.settings.data
        path = None if folder is None else folder / self.repository / self.file
        return path if path is not None and path.is_file() else None

    def _downloaded(self) -> Path:
        from huggingface_hub import hf_hub_download

        try:
            return Path(hf_hub_download(self.repository, self.file, repo_type="dataset", revision=self.revision))
        except Exception as error:  # whatever the library and the network raise
            raise Missing(f"{self.repository}/{self.file} could not be downloaded: {first_line(error)}") from error


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, split: str) -> ArrayRows:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"]
    except Exception as error:  # zipfile's, NumPy's and the file system's
        raise _unreadable(path, first_line(error)) from error
    count = len(images)
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or labels.size != count:
        raise _unreadable(path, f"images {images.dtype} {images.shape}, labels {labels.shape}")
    return ArrayRows(images, labels.reshape(count).astype(np.int64))


def _unreadable(path: Path, cause: str) -> Damaged:
    return Damaged(
        f"the arrays cannot be used: {cause}",
        place=str(path),
        next="restore the file from the hub, or unset SUITE_DATA to download it, then: suite run",
    )
