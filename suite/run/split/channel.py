"""Frames between judge and host: a text in JSON, and the bytes of arrays, in line or in memory that both share."""

from __future__ import annotations

import fcntl
import mmap
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from suite.run.split.arrays import Garbled
from suite.run.split.pipes import Pipes

HEADER = struct.Struct("<4sIQ")
INLINE, SHARED = b"BSi1", b"BSm1"
"""How a frame begins, by where its arrays lie."""
SMALL = 64 * 2**10
"""Bytes up to which arrays go in line: sharing memory takes a fifth of a millisecond."""
SEALS = (1033, 1034, 0x2 | 0x4 | 0x8)
"""F_ADD_SEALS, F_GET_SEALS, and the seals after which nobody can write to, shrink or grow shared memory."""


class Closed(BaseException):
    """The process at the other end is gone. No `Exception`, as `Garbled`."""


@dataclass(frozen=True)
class Limits:
    """What a side takes from the other, in bytes."""

    text: int = 16 * 2**20
    arrays: int = 2**30


class Channel:
    """One end of a socket between two processes. ``shares``: whether memory can be handed over, as to no container."""

    def __init__(self, end: socket.socket | Pipes, limits: Limits | None, *, shares: bool = True) -> None:
        """Take at most ``limits`` from the other side; None trusts it."""
        self._end, self._limits = end, limits
        self._shares = shares and hasattr(os, "memfd_create")

    def send(self, text: bytes, parts: Iterable[Any]) -> None:
        """Send a frame; ``parts`` are the buffers that make up its arrays, if it has any.

        Raises:
            Closed: the other process is gone.
        """
        buffers = list(parts)
        size = sum(len(part) for part in buffers)
        try:
            if self._shares and size > SMALL:
                self._send_shared(text, buffers, size)
            else:
                self._end.sendall(HEADER.pack(INLINE, len(text), size) + text)
                for part in buffers:
                    self._end.sendall(part)
        except (BrokenPipeError, ConnectionError) as error:
            raise Closed from error

    def receive(self) -> tuple[bytes, Any]:
        """Return the next frame: its text, and its arrays in a writable buffer, empty if it has none.

        Raises:
            Closed: the other process is gone.
            Garbled: it sent what is no frame, or more than the limits.
        """
        head = bytearray()
        handed: list[int] = []
        try:
            while len(head) < HEADER.size:
                # A socket of Python's or what reads like one.
                part, handed_now, _, _ = socket.recv_fds(self._end, HEADER.size - len(head), 1)  # type: ignore[arg-type]
                handed += handed_now
                if not part:
                    raise Closed
                head += part
            return self._body(bytes(head), handed)
        except ConnectionError as error:
            raise Closed from error
        finally:
            for number in handed:
                os.close(number)

    def close(self) -> None:
        """Close this end; the other one sees `Closed`."""
        self._end.close()

    def _body(self, head: bytes, handed: list[int]) -> tuple[bytes, Any]:
        how, length, size = HEADER.unpack(head)
        if how not in (INLINE, SHARED) or len(handed) != (how == SHARED):
            raise Garbled("a frame that cannot be read")
        if self._limits is not None and (length > self._limits.text or size > self._limits.arrays):
            raise Garbled(f"a frame of {length + size:,} bytes, more than the limit")
        text = bytes(self._exactly(length))
        return text, _mapped(handed[0], size) if handed else self._exactly(size)

    def _exactly(self, count: int) -> bytearray:
        """Return so many bytes, in memory that grows as they come: a promise alone takes none."""
        content = bytearray()
        while len(content) < count:
            part = self._end.recv(min(count - len(content), 2**20))
            if not part:
                raise Closed
            content += part
        return content

    def _send_shared(self, text: bytes, buffers: list[Any], size: int) -> None:
        number = os.memfd_create("arrays", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            for part in buffers:
                view = memoryview(part)
                while len(view):
                    view = view[os.write(number, view) :]
            fcntl.fcntl(number, SEALS[0], SEALS[2])
            assert isinstance(self._end, socket.socket)
            socket.send_fds(self._end, [HEADER.pack(SHARED, len(text), size)], [number])
        finally:
            os.close(number)
        self._end.sendall(text)


def _mapped(number: int, size: int) -> Any:
    """Return shared memory as a buffer of this process's own: what it writes there, nobody else sees."""
    try:
        sealed = fcntl.fcntl(number, SEALS[1]) & SEALS[2] == SEALS[2]
    except OSError as error:
        raise Garbled("arrays that are not in memory") from error
    if not sealed or os.fstat(number).st_size != size or not size:
        raise Garbled("arrays in memory that may change")
    return mmap.mmap(number, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)


def pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new channel."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
