"""Data from the hub or from a local mirror of it, read by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.data.encoded import EncodedRows
from suite.data.mirror import read_mirror, shards
from suite.errors import Damaged, SuiteError


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
            return {"source": "mirror", **columns, "files": [list(_stamp(path)) for path in mirror]}
        if not resources.settings.hub_allowed:
            raise Missing(
                f"SUITE_DATA={resources.settings.data} has no split {self.split!r} of {self.repository}; the hub is off"
            )
        return {"source": "hub", **columns, "repository": self.repository, "config": self.config, "at": self.revision}

    def open(self, resources: Resources) -> EncodedRows:
        """Return the rows, from the mirror if it has them."""
        self.stamp(resources)
        mirror = self._mirror_files(resources)
        return _open(self, None if mirror is None else tuple(map(_stamp, mirror)), resources.cache)

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
        try:
            return shards(folder, self.split, self.config) or None
        except Missing:
            if resources.settings.hub_allowed:
                return None
            raise


def _stamp(path: Path) -> tuple[str, int, int]:
    """Return what changes whenever a file's content may have changed: path, bytes, time of change."""
    return str(path), path.stat().st_size, path.stat().st_mtime_ns


@lru_cache(maxsize=16)
def _open(hub: Hub, mirror: tuple[tuple[str, int, int], ...] | None, cache: Cache) -> EncodedRows:
    from datasets import DownloadConfig, load_dataset

    files = [path for path, _, _ in mirror or ()]
    try:
        if mirror:
            data = read_mirror(hub.split, mirror, cache)
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
        raise Damaged(
            f"the mirror of {hub.repository} cannot be read: {_first_line(error)}",
            place=", ".join(files),
            next="restore the file from the hub, or unset SUITE_DATA to download it, then: suite run",
        ) from error
    place = f"split {hub.split!r}" + (f" in {Path(files[0]).parent}" if files else f" at {hub.revision}")
    for column in (hub.image, hub.label):
        if column is not None and column not in data.column_names:
            raise Damaged(
                f"{hub.repository} has no column {column!r}; it has {', '.join(data.column_names)}",
                place=place,
                next="use the repository that the task's page names: suite tasks show TASK",
            )
    images, labels = (None if name is None else data.data.column(name) for name in (hub.image, hub.label))
    return EncodedRows(images, labels, hub.repository, place)


def _first_line(error: Exception) -> str:
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:300]
