"""What runs printed, beside the samples: a compressed text for each, capped one by one and all together."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from suite.files import write_atomic
from suite.settings import Settings

LOG_BYTES = 2**20
"""Of what a run printed at most; of what is longer, the beginning and the end are kept."""
HEAD_BYTES = 2**16
ALL_BYTES = 2**28
"""Of all logs on the disk, about; the oldest go first."""


class Logs:
    """The logs of one home folder."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home / "logs"
        self._bytes: int | None = None  # on the disk, to the knowledge of this process

    def path(self, run: str) -> Path:
        """Return where the log of a run lies, whether it has one or not."""
        return self.folder / run[:2] / f"{run}.log.gz"

    def keep(self, run: str, files: dict[str, Path]) -> None:
        """Keep what the files hold, each under its title; nothing if they are empty or not there.

        The beginning and the end of each are kept, with a note of how much is left out between them.
        """
        parts = {title: text for title, file in files.items() if (text := _capped(file, LOG_BYTES // len(files)))}
        if not parts:
            return
        path = self.path(run)
        content = gzip.compress(b"".join(b"--- %s\n%s\n" % (title.encode(), text) for title, text in parts.items()))
        write_atomic(path, lambda temporary: temporary.write_bytes(content), sync=False)
        if self._bytes is None:
            self._bytes = sum(file.stat().st_size for file in self.files())
        else:
            self._bytes += len(content)
        if self._bytes > ALL_BYTES:
            self._make_room()

    def read(self, run: str) -> str | None:
        """Return the log of a run; None if there is none, or its file is damaged."""
        try:
            return gzip.decompress(self.path(run).read_bytes()).decode(errors="replace") or None
        except (OSError, EOFError, zlib.error):
            return None

    def files(self) -> Iterator[Path]:
        """Yield the file of every log."""
        yield from self.folder.glob("??/*.log.gz")

    def _make_room(self) -> None:
        """Remove the oldest logs until a tenth of the space is free: not one by one with each that comes."""
        oldest = sorted((file.stat().st_mtime_ns, file.stat().st_size, file) for file in self.files())
        self._bytes = sum(size for _, size, _ in oldest)
        for _, size, file in oldest:
            if self._bytes <= 0.9 * ALL_BYTES:
                return
            file.unlink(missing_ok=True)
            self._bytes -= size


def _capped(path: Path, most: int) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if size <= most:
                return file.read()
            head = file.read(min(HEAD_BYTES, most // 2))
            file.seek(size - (most - len(head)))
            return b"%s\n... %d bytes are left out here ...\n%s" % (head, size - most, file.read(most - len(head)))
    except FileNotFoundError:
        return b""
