"""A submission's folder as it lies on the disk: only plain files of plain names, few and small enough."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\Z")
TOP = ("submission.yaml", "history.jsonl", "README.md", "LICENSE", "source", "results")
FILES, BYTES, DEPTH = 5_000, 200 * 2**20, 4
"""How many files, bytes of them all, and folders in each other a submission has at most."""


def oddities(folder: Path) -> list[str]:
    """Return what does not belong into the folder of a submission, in words. Follows no link and opens no file."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return ["it is not a folder"]
    except OSError:
        return ["it is missing"]
    odd: list[str] = []
    files = size = 0
    for path, entry in _walk(folder, 1):
        kind = entry.stat(follow_symlinks=False)
        name = path.relative_to(folder).as_posix()
        if len(odd) >= 20:
            return [*odd, "and more"]
        if not NAME.match(entry.name):
            odd.append(f"the name {name[:200]!r} has other signs than letters, digits and . _ + -, or is too long")
        elif path.parent == folder and entry.name not in TOP:
            odd.append(f"{name} does not belong here: only {', '.join(TOP)} do")
        if stat.S_ISDIR(kind.st_mode):
            if len(path.relative_to(folder).parts) >= DEPTH:
                odd.append(f"{name[:200]!r} lies too deep")
            continue
        if not stat.S_ISREG(kind.st_mode):
            odd.append(f"{name[:200]!r} is a {'link' if stat.S_ISLNK(kind.st_mode) else 'special file'}, no plain file")
        elif kind.st_nlink > 1:
            odd.append(f"{name[:200]!r} is the same file as another (a hard link)")
        files, size = files + 1, size + kind.st_size
        if files > FILES or size > BYTES:
            return [*odd, f"it has more than {FILES} files or {BYTES // 2**20} MiB"]
    return odd


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield folder / entry.name, entry
            if entry.is_dir(follow_symlinks=False) and depth < DEPTH:
                yield from _walk(folder / entry.name, depth + 1)


def read_plain(path: Path, most: int) -> bytes:
    """Return the content of a plain file; of a larger one, ``most`` bytes and one more.

    Raises:
        FileNotFoundError: it is not there.
        OSError: it is a link, or no plain file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path.name} is not a plain file")
        return file.read(most + 1)
