"""What an archive that may come from anybody holds: its members are looked at before anything is unpacked."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

MEMBERS, UNPACKED, RATIO, LONGEST = 6_000, 256 * 2**20, 200, 300
"""How many members an archive has at most, bytes of them all, bytes from one packed byte, and signs of a name."""
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, LookupError, ArithmeticError),
)
"""What Python's readers raise for archives that are damaged."""


class Odd(Exception):
    """An archive is not what is taken here; the message says why."""


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path, the bytes that it says to have, and what a zip or tar knows it by."""

    path: PurePosixPath
    size: int
    key: zipfile.ZipInfo | tarfile.TarInfo


class Opened:
    """An archive whose members were looked at: plain files alone, at paths that stay inside."""

    def __init__(self, archive: zipfile.ZipFile | tarfile.TarFile, members: tuple[Member, ...]) -> None:
        self._archive = archive
        self.members = members

    def read(self, member: Member, most: int) -> bytes:
        """Return what a member holds; `Odd` if it is more than ``most`` bytes."""
        with self.stream(member) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise Odd(f"{member.path} is larger than {most} bytes")
        return content

    def stream(self, member: Member) -> IO[bytes]:
        """Return what reads a member."""
        if isinstance(self._archive, zipfile.ZipFile) and isinstance(member.key, zipfile.ZipInfo):
            return self._archive.open(member.key)
        assert isinstance(self._archive, tarfile.TarFile)
        assert isinstance(member.key, tarfile.TarInfo)
        stream = self._archive.extractfile(member.key)
        if stream is None:
            raise Odd(f"{member.path} is not a plain file")
        return stream


@contextmanager
def opened(file: Path) -> Iterator[Opened]:
    """Yield a zip or tar (plain or gzip) whose members were looked at.

    Raises:
        Odd: it is damaged, or has a member that is no plain file, leads out of it, is there twice, or is too large.
        OSError: the file cannot be read.
    """
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                yield Opened(archive, _checked(_of_zip(archive)))
        else:
            with file.open("rb") as plain, _unpacked(plain) as stream:
                most = min(UNPACKED, RATIO * file.stat().st_size + 2**20)
                with tarfile.open(fileobj=_Bounded(stream, most), mode="r:") as archive:
                    yield Opened(archive, _checked(_of_tar(archive)))
    except BROKEN as error:
        raise Odd(f"it is damaged, or not an archive ({type(error).__name__}: {error})") from error


def _of_zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        if info.header_offset < 0 or not info.filename:
            raise Odd("it is damaged: a member has no name, or lies outside of the file")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() and kind in (0, stat.S_IFDIR) and not info.file_size:
            _path(info.filename.rstrip("/"))
            continue
        if kind not in (0, stat.S_IFREG):
            raise Odd(f"{info.filename[:LONGEST]!r} is a link or a device")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Odd(f"{info.filename[:LONGEST]!r} is encrypted, or packed in a way that is not supported")
        if info.file_size > RATIO * max(info.compress_size, 1) + 2**20:
            raise Odd(f"{info.filename[:LONGEST]!r} would be more than {RATIO} times as large, unpacked")
        yield Member(_path(info.filename), info.file_size, info)


class _Bounded(io.RawIOBase):
    """What is read of a tar, up to a bound: names and other headers of it may claim any size."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream, self._most = stream, most

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes; `Odd` beyond the bound."""
        self._check(size if size >= 0 else self._most + 1)
        return self._stream.read(size)

    def seek(self, to: int, whence: int = 0) -> int:
        """Go to a place that is counted from the start."""
        self._check(to - self.tell())
        return self._stream.seek(to, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def _check(self, size: int) -> None:
        if self.tell() + size > self._most:
            raise Odd(f"unpacked, it would be more than {RATIO} times as large, or more than {UNPACKED // 2**20} MiB")


def _unpacked(plain: IO[bytes]) -> IO[bytes]:
    magic = plain.read(2)
    plain.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=plain)) if magic == b"\x1f\x8b" else plain


def _of_tar(archive: tarfile.TarFile) -> Iterator[Member]:
    for info in archive:
        if info.isdir():
            _path(info.name)
            continue
        if not info.isreg() or info.issparse():
            raise Odd(f"{info.name[:LONGEST]!r} is a link, a device or another special file")
        yield Member(_path(info.name), info.size, info)


def _checked(found: Iterator[Member]) -> tuple[Member, ...]:
    members: list[Member] = []
    size = 0
    for member in found:
        members.append(member)
        size += member.size
        if len(members) > MEMBERS or size > UNPACKED:
            raise Odd(f"it has more than {MEMBERS} members or {UNPACKED // 2**20} MiB")
    names = [str(member.path).casefold() for member in members]
    if len(set(names)) < len(names):
        raise Odd("it has two members of one name")
    if inside := {str(parent).casefold() for member in members for parent in member.path.parents} & set(names):
        raise Odd(f"{min(inside)!r} is a file and a folder")
    return tuple(members)


def _path(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if not name or len(name) > LONGEST or not name.isprintable() or any(sign in name for sign in '\\:*?"<>|'):
        raise Odd(f"a member has a forbidden name: {name[:80]!r}")
    if path.is_absolute() or ".." in path.parts or str(path) != name.removeprefix("./"):
        raise Odd(f"a member has an unsafe path: {name[:80]!r}")
    return path
