"""Where the files of a board lie: in a folder; in memory, where there is none or it cannot be written."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from suite.files import write_atomic

ABANDONED_SECONDS = 3600
"""After this long a half-written file of a writer that was killed is removed."""


class Shelf:
    """Files by name. What was put in memory hides what lies in the folder."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._memory: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is no such file, or it cannot be read."""
        if name in self._memory or self.folder is None:
            return self._memory.get(name)
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place, all of it or nothing; in memory where the disk does not take it."""
        self._memory.pop(name, None)
        if self.folder is not None:
            # Not synced to disk: whoever reads a file checks it, and one that power loss has torn is made again.
            with suppress(OSError):
                write_atomic(self.folder / name, lambda temporary: temporary.write_bytes(content), sync=False)
                return
        self._memory[name] = content

    @property
    def in_memory(self) -> bool:
        """Whether something lies in memory alone, which ends with this process."""
        return bool(self._memory)

    def state(self) -> tuple[tuple[str, int, int], ...]:
        """Return name, size and time of change of each file of the folder: what changes when one of them does."""
        if self.folder is None or not self.folder.is_dir():
            return ()
        with suppress(OSError):  # a file may go meanwhile
            stats = ((path.name, path.stat()) for path in sorted(self.folder.iterdir()) if path.name[0] != ".")
            return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
        return ()

    def keep_only(self, names: Collection[str]) -> None:
        """Remove every other file of a board, and what writers that were killed have left."""
        self._memory = {name: content for name, content in self._memory.items() if name in names}
        if self.folder is None:
            return
        with suppress(OSError):  # whoever may not write has left nothing
            for path in list(self.folder.iterdir()):
                left = path.name[0] == "." and time.time() - path.stat().st_mtime > ABANDONED_SECONDS
                gone = path.name[0] != "." and path.suffix in (".json", ".parquet") and path.name not in names
                if left or gone:
                    path.unlink(missing_ok=True)
