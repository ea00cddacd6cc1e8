"""What lies in the cache of shared artifacts, who holds it, and removing what is chosen."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LEFT_SECONDS = 86_400
"""After this long a file that is half-written, or a lock beside nothing, is a leftover of a process that was killed."""


@dataclass(frozen=True)
class Artifact:
    """The files of one artifact: tensors with what is noted beside them, a note, or a folder of a library.

    Attributes:
        kind: the folder of the cache that it lies in, as ``models`` or ``features``.
        paths: its files, or its one folder.
        size: in bytes.
        used: when it was read or written last, in seconds since 1970, if the file system keeps that.
    """

    kind: str
    paths: tuple[Path, ...]
    size: int
    used: float

    @property
    def is_left(self) -> bool:
        """Whether it is a half-written file, or a lock beside nothing, of a process that is gone."""
        unfinished = all(path.suffix == ".lock" or path.name[0] == "." for path in self.paths)
        return unfinished and time.time() - self.used > LEFT_SECONDS


def artifacts(cache: Path) -> list[Artifact]:
    """Return what lies in a cache, by kind."""
    found = []
    for folder in sorted(path for path in cache.glob("*") if path.is_dir()):
        groups: dict[str, list[Path]] = {}
        for path in folder.iterdir():
            groups.setdefault(path.name if path.name[0] == "." else path.name.partition(".")[0], []).append(path)
        found += [_artifact(folder.name, sorted(paths)) for paths in groups.values()]
    return found


def chosen(
    among: Sequence[Artifact],
    *,
    kinds: Collection[str] = (),
    unused: float = 0.0,
    to: int | None = None,
    left: bool = False,
    paths: Collection[Path] | None = None,
) -> list[Artifact]:
    """Return those that meet every condition, the longest unused first.

    Args:
        among: what lies in the cache.
        kinds: theirs; none means any.
        unused: for at least so many seconds.
        to: only as many as bring all of ``among`` down to so many bytes.
        left: leftovers alone.
        paths: those with one of these files alone.
    """
    fitting = [
        each
        for each in sorted(among, key=lambda each: each.used)
        if (not kinds or each.kind in kinds) and time.time() - each.used >= unused and (each.is_left or not left)
        if paths is None or set(each.paths) & set(paths)
    ]
    if to is None:
        return fitting
    total, kept = sum(each.size for each in among), []
    for each in fitting:
        if total <= to:
            break
        total -= each.size
        kept.append(each)
    return kept


def remove(doomed: Sequence[Artifact]) -> tuple[list[Artifact], list[Artifact]]:
    """Remove artifacts; return those that are gone, and those that a process is making or has open."""
    held = open_files()
    gone: list[Artifact] = []
    busy: list[Artifact] = []
    for each in doomed:
        (busy if any(_is_locked(path) or _is_open(path, held) for path in each.paths) else gone).append(each)
    for each in gone:
        for path in sorted(each.paths, key=lambda path: path.suffix == ".lock"):  # the lock last
            _remove(path)
    return gone, busy


def open_files() -> frozenset[str]:
    """Return the files that processes of this machine have open or mapped, where the system tells; else none."""
    names: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it is gone, or somebody else's
            names |= {line.split(maxsplit=5)[-1] for line in (process / "maps").read_text().splitlines() if "/" in line}
            for number in (process / "fd").iterdir():
                with suppress(OSError):
                    names.add(str(number.readlink()))
    return frozenset(names)


def _artifact(kind: str, paths: list[Path]) -> Artifact:
    stats = [stat for path in paths for stat in _stats(path)]
    used = max((max(stat.st_atime, stat.st_mtime) for stat in stats), default=0.0)
    return Artifact(kind, tuple(paths), sum(stat.st_size for stat in stats), used)


def _stats(path: Path) -> Iterator[os.stat_result]:
    for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
        with suppress(OSError):
            if each.is_file():
                yield each.stat()


def _is_locked(path: Path) -> bool:
    """Tell whether somebody holds a lock file. Taking it for a moment changes nothing."""
    import fcntl

    if path.suffix != ".lock":
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False


def _is_open(path: Path, held: frozenset[str]) -> bool:
    place = str(path.resolve())
    return place in held or (path.is_dir() and any(name.startswith(f"{place}/") for name in held))


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
