"""The cache of shared artifacts: tensors named by the hash of what they were computed from.

N methods cost one inference pass, not N: whoever needs an artifact first computes it under a file lock, all others
wait and read. The identity is stored inside the file and compared on reading, so a hash collision or a file that
was renamed by hand is never served.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.files import write_atomic, write_text_atomic
from suite.hashing import canonical_json, digest, file_digest

if TYPE_CHECKING:
    import torch


class Cache:
    """A folder of artifacts, shared by every process on the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, identity: Mapping[str, Any], suffix: str) -> Path:
        """Return where the artifact of this identity lies, whether it exists or not."""
        return self.folder / kind / f"{digest(dict(identity))}{suffix}"

    def lock(self, path: Path) -> AbstractContextManager[Any]:
        """Return the lock for one artifact; freed by the system when its holder dies."""
        from filelock import FileLock

        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{path}.lock")

    def tensors(
        self, kind: str, identity: Mapping[str, Any], make: Callable[[], dict[str, torch.Tensor]]
    ) -> dict[str, torch.Tensor]:
        """Return the tensors of this identity, computing and storing them the first time.

        A file that cannot be read, or that was made from something else, is computed again.
        """
        path = self.path(kind, identity, ".safetensors")
        found = _read_tensors(path, identity)
        if found is not None:
            return found
        with self.lock(path):
            found = _read_tensors(path, identity)  # another process may have made it while we waited
            if found is None:
                made = {name: tensor.contiguous().cpu() for name, tensor in make().items()}
                write_atomic(path, lambda temporary: _write_tensors(temporary, made, identity))
                found = made
        return found

    def has_tensors(self, kind: str, identity: Mapping[str, Any]) -> bool:
        """Tell whether a file of this identity is there, without opening it."""
        return self.path(kind, identity, ".safetensors").exists()

    def note(self, kind: str, identity: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the small JSON document of this identity, or None if there is none that can be read."""
        try:
            stored = json.loads(self.path(kind, identity, ".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return stored["note"] if stored.get("identity") == json.loads(canonical_json(dict(identity))) else None

    def write_note(self, kind: str, identity: Mapping[str, Any], note: dict[str, Any]) -> None:
        """Store a small JSON document under this identity."""
        write_text_atomic(
            self.path(kind, identity, ".json"), canonical_json({"identity": dict(identity), "note": note})
        )

    def file_digest(self, path: Path) -> str:
        """Return the sha256 of a file, remembered for as long as its size and time of change stay the same."""
        stat = path.stat()
        stamp = {"file": str(path), "size": stat.st_size, "changed": stat.st_mtime_ns}
        note = self.note("files", stamp)
        if note is None:
            note = {"sha256": file_digest(path)}
            self.write_note("files", stamp, note)
        return str(note["sha256"])


def _write_tensors(path: Path, tensors: dict[str, torch.Tensor], identity: Mapping[str, Any]) -> None:
    from safetensors.torch import save_file

    save_file(tensors, path, metadata={"identity": canonical_json(dict(identity))})


def _read_tensors(path: Path, identity: Mapping[str, Any]) -> dict[str, torch.Tensor] | None:
    if not path.exists():
        return None
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            if file.metadata() != {"identity": canonical_json(dict(identity))}:
                return None
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError):
        return None
