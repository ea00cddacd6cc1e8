"""The cache of shared artifacts: tensors named by the hash of what they were computed from.

N methods cost one inference pass, not N: whoever needs an artifact first computes it under a file lock, all others
wait and read. The identity is stored inside the file and compared on reading, so a hash collision or a file that
was renamed by hand is never served. Nor is a file that is not what was written: its sha256 lies beside it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.files import write_atomic, write_text_atomic
from suite.hashing import canonical_json, digest, file_digest, sealed, unsealed

if TYPE_CHECKING:
    import torch

WRITTEN = ".sha256"
"""How a file ends that says what was written into the artifact beside it."""
SMALL = 4 * 2**20
"""Bytes up to which a file is hashed by every process that uses it: 4 milliseconds. Larger ones once a change."""

log = logging.getLogger(__name__)


class Cache:
    """A folder of artifacts, shared by every process on the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[Path] = set()  # where artifacts were looked for

    def path(self, kind: str, identity: Mapping[str, Any], suffix: str) -> Path:
        """Return where the artifact of this identity lies, whether it exists or not."""
        path = self.folder / kind / f"{digest(dict(identity))}{suffix}"
        self.used.add(path)
        return path

    def lock(self, path: Path) -> AbstractContextManager[Any]:
        """Return the lock for one artifact; freed by the system when its holder dies.

        It is made for each use: filelock 4.3 refuses a lock that a process has from its parent over a fork.
        """
        from filelock import FileLock

        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{path}.lock")

    def tensors(
        self, kind: str, identity: Mapping[str, Any], make: Callable[[], dict[str, torch.Tensor]]
    ) -> dict[str, torch.Tensor]:
        """Return the tensors of this identity, computing and storing them the first time.

        A file that is damaged, or that was made from something else, is computed again.
        """
        path = self.path(kind, identity, ".safetensors")
        found = self._read_tensors(kind, identity)
        if found is not None:
            return found
        with self.lock(path):
            found = self._read_tensors(kind, identity)  # another process may have made it while we waited
            if found is None:
                if path.exists():
                    log.warning("%s is damaged, and is made again", path)
                found = {name: tensor.contiguous().cpu() for name, tensor in make().items()}
                self.write_tensors(kind, identity, found, {"identity": canonical_json(dict(identity))})
        return found

    def write_tensors(
        self,
        kind: str,
        identity: Mapping[str, Any],
        tensors: dict[str, torch.Tensor],
        metadata: dict[str, str] | None = None,
    ) -> None:
        """Put contiguous tensors on the CPU in place as the file of this identity, with its sha256 beside it."""
        from safetensors.torch import save_file

        def write(temporary: Path) -> None:
            save_file(tensors, temporary, metadata=metadata)
            # Before the file is in place: whoever dies between the two leaves one that is made again.
            self._write(WRITTEN, kind, identity, {"sha256": file_digest(temporary)})

        write_atomic(self.path(kind, identity, ".safetensors"), write)

    def has_tensors(self, kind: str, identity: Mapping[str, Any]) -> bool:
        """Tell whether a file of this identity is there and is what was written, without opening it."""
        return self.tensors_digest(kind, identity) is not None

    def tensors_digest(self, kind: str, identity: Mapping[str, Any]) -> str | None:
        """Return the sha256 of the file of this identity; None if there is none, or it is not what was written.

        A file of an earlier version has no sha256 beside it: it is taken as it is, and has one from then on.
        """
        try:
            found = self.file_digest(self.path(kind, identity, ".safetensors"))
        except OSError:
            return None
        written = self._read(WRITTEN, kind, identity)
        if written is None:
            written = {"sha256": found}
            with suppress(OSError):  # a cache that cannot be written can be read
                self._write(WRITTEN, kind, identity, written)
        return found if written["sha256"] == found else None

    def note(self, kind: str, identity: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the small JSON document of this identity, or None if there is none that can be read."""
        return self._read(".json", kind, identity)

    def write_note(self, kind: str, identity: Mapping[str, Any], note: dict[str, Any]) -> None:
        """Store a small JSON document under this identity."""
        self._write(".json", kind, identity, note)

    def file_digest(self, path: Path) -> str:
        """Return the sha256 of a file; of a large one remembered for as long as its size and times stay.

        Raises:
            OSError: it cannot be read.
        """
        stat = path.stat()
        state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        if stat.st_size <= SMALL:
            return _digest(path, *state)
        stamp = {"file": str(path), "state": state}
        note = self.note("files", stamp)
        if note is None:
            note = {"sha256": file_digest(path)}
            with suppress(OSError):
                self.write_note("files", stamp, note)
        return str(note["sha256"])

    def damaged(self) -> Iterator[Path]:
        """Yield every file that is not what was written, having read all of each."""
        for path in sorted(self.folder.glob("*/*")):
            with suppress(OSError):
                if not _is_whole(path):
                    yield path

    def _read_tensors(self, kind: str, identity: Mapping[str, Any]) -> dict[str, torch.Tensor] | None:
        whole = self.has_tensors(kind, identity)
        return _opened(self.path(kind, identity, ".safetensors"), identity) if whole else None

    def _read(self, suffix: str, kind: str, identity: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            stored = json.loads(unsealed(self.path(kind, identity, suffix).read_bytes()))
        except (OSError, ValueError):
            return None
        return stored["note"] if stored.get("identity") == json.loads(canonical_json(dict(identity))) else None

    def _write(self, suffix: str, kind: str, identity: Mapping[str, Any], note: dict[str, Any]) -> None:
        text = canonical_json({"identity": dict(identity), "note": note})
        write_text_atomic(self.path(kind, identity, suffix), sealed(text))


@lru_cache(maxsize=1024)
def _digest(path: Path, *state: int) -> str:
    return file_digest(path)


def _is_whole(path: Path) -> bool:
    """Tell whether a file of a cache is what was written; of those that nothing is known of, it is."""
    try:
        if path.suffix in (".json", WRITTEN):
            unsealed(path.read_bytes())
        elif path.suffix == ".safetensors" and (beside := path.with_suffix(WRITTEN)).exists():
            written = json.loads(unsealed(beside.read_bytes()))
            return bool(file_digest(path) == written["note"]["sha256"])
    except ValueError:
        return False
    return True


def _opened(path: Path, identity: Mapping[str, Any]) -> dict[str, torch.Tensor] | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            if file.metadata() != {"identity": canonical_json(dict(identity))}:
                return None
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError):
        return None
