"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_atomic(path: Path, write: Callable[[Path], object], *, sync: bool = True) -> None:
    """Let ``write`` fill a temporary file beside ``path``, sync it to disk, then put it in place.

    Without ``sync`` a loss of power may leave an empty or a torn file; that is for files that are checked when read.

    Works within one local file system and needs room for a second copy. When ``write`` or the disk fails, the
    temporary file is removed, the old file stays as it was, and the error goes on to the caller.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        temporary.touch(exist_ok=False)  # with the rights that the umask gives, which `tempfile` would not
        write(temporary)
        if sync:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text_atomic(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 the way `write_atomic` does."""
    write_atomic(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
