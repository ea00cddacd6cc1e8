"""Pretrained weights that are several files of a hub repository: from a folder, or from the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from suite.contracts import Ingredient, Missing, Resources
from suite.errors import SuiteError, first_line
from suite.extras import required_library
from suite.hashing import digest, file_digest


@dataclass(frozen=True)
class PretrainedFolder(Ingredient):
    """The files of a repository that are read, ``files``, which a derived class declares.

    ``SUITE_WEIGHTS/<repository>`` is read where that folder exists. Otherwise the files are downloaded from the hub at
    the pinned revision, which is allowed as for data: once SUITE_DATA is set, only with SUITE_HUB=1.
    """

    kind = "model"
    files: ClassVar[tuple[str, ...]]
    name: str
    repository: str
    revision: str
    optional: bool = False

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the hash of all files if it was computed before for these very files, else None.

        Raises:
            Missing: they are not on this machine, and the hub is off.
        """
        folder = self._mirrored(resources)
        if folder is None and not resources.settings.hub_allowed:
            raise Missing(f"no {self.repository} under SUITE_WEIGHTS; the hub is off")
        note = resources.cache.note("pretrained", self._stamp(folder))
        return None if note is None else str(note["sha256"])

    def make(self, resources: Resources) -> str:
        """Hash all files, downloaded if need be."""
        folder = self.folder(resources)
        sha256 = digest({file: file_digest(folder / file) for file in self.files})
        resources.cache.write_note("pretrained", self._stamp(self._mirrored(resources)), {"sha256": sha256})
        return sha256

    def folder(self, resources: Resources) -> Path:
        """Return the folder of the files, downloaded if need be.

        Raises:
            Missing: they are not on this machine and cannot be downloaded.
        """
        given = self._mirrored(resources)
        if given is not None:
            return given
        if not resources.settings.hub_allowed:
            raise Missing(f"no {self.repository} under SUITE_WEIGHTS; the hub is off")
        from huggingface_hub import snapshot_download

        resources.log(f"weights of {self.repository}")
        try:
            return Path(snapshot_download(self.repository, revision=self.revision, allow_patterns=list(self.files)))
        except Exception as error:  # the library raises whatever the network does
            raise Missing(f"{self.repository} could not be downloaded: {type(error).__name__}") from error

    def _loaded(self, library: str, cls: str, resources: Resources, part: str = "", **options: Any) -> Any:
        """Return what a class of a library makes of the files, or of those in one folder of them.

        Raises:
            Missing: they are not at hand.
            SuiteError: the library is not installed, or the files are not those of such a part.
        """
        made, folder = getattr(required_library(library), cls), self.folder(resources)
        try:
            return made.from_pretrained(folder, subfolder=part, local_files_only=True, **options)
        except Exception as error:  # the libraries raise whatever their readers do
            raise SuiteError(
                f"this is not a {cls}: {first_line(error)}",
                place=str(folder / part),
                next="restore the folder from the hub, or delete it to download it again, then: suite run",
            ) from error

    def _stamp(self, folder: Path | None) -> dict[str, Any]:
        """Return what changes whenever the content may have changed; cheap."""
        if folder is None:
            return {"repository": self.repository, "files": list(self.files), "revision": self.revision}
        stats = {file: (folder / file).stat() for file in self.files}
        return {"folder": str(folder), "files": {file: [at.st_size, at.st_mtime_ns] for file, at in stats.items()}}

    def _mirrored(self, resources: Resources) -> Path | None:
        """Return the folder under SUITE_WEIGHTS if it is there.

        Raises:
            Missing: a file is not in it.
        """
        weights = resources.settings.weights
        folder = None if weights is None else weights / self.repository
        if folder is None or not folder.is_dir():
            return None
        lacking = [file for file in self.files if not (folder / file).is_file()]
        if lacking:
            raise Missing(f"{folder} has no {', '.join(lacking)}")
        return folder
