"""Frames: in line and in shared memory, and what is refused of the other side."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from suite.run.split.arrays import Garbled
from suite.run.split.channel import HEADER, INLINE, SHARED, SMALL, Channel, Closed, Limits

Ends = tuple[Channel, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A judge's channel, and the raw socket at its other end."""
    one, other = socket.socketpair()
    yield Channel(one, Limits(text=1000, arrays=10 * SMALL)), other
    one.close()
    other.close()


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("size", [0, 10, SMALL, SMALL + 1, 5 * SMALL])
def test_a_frame_arrives_as_it_was_sent(ends: Ends, size: int, shares: bool) -> None:
    judge, end = ends
    parts = [os.urandom(size // 2), os.urandom(size - size // 2)]
    sender = threading.Thread(target=Channel(end, None, shares=shares).send, args=(b"text", parts))
    sender.start()
    text, content = judge.receive()
    sender.join()
    assert (text, bytes(content)) == (b"text", b"".join(parts))
    content[: min(size, 3)] = b"own"[:size]  # a buffer of this side's own


def test_an_end_is_told(ends: Ends) -> None:
    judge, end = ends
    end.sendall(HEADER.pack(INLINE, 10, 0) + b"half")
    end.close()
    with pytest.raises(Closed):
        judge.receive()
    with pytest.raises(Closed):
        judge.send(b"x" * 10_000_000, [])


@pytest.mark.parametrize(
    "head",
    [b"garbage " * 2, HEADER.pack(INLINE, 1001, 0), HEADER.pack(INLINE, 0, 10 * SMALL + 1), HEADER.pack(SHARED, 0, 5)],
)
def test_what_is_no_frame_or_too_large_is_refused(ends: Ends, head: bytes) -> None:
    judge, end = ends
    end.sendall(head)
    with pytest.raises(Garbled):
        judge.receive()


def test_memory_that_may_still_change_is_refused(ends: Ends) -> None:
    judge, end = ends
    number = os.memfd_create("arrays", os.MFD_ALLOW_SEALING)
    os.write(number, b"x" * 5)
    socket.send_fds(end, [HEADER.pack(SHARED, 0, 5)], [number])
    with pytest.raises(Garbled, match="may change"):
        judge.receive()
    os.close(number)


def test_a_file_is_no_memory(ends: Ends, tmp_path) -> None:
    judge, end = ends
    (tmp_path / "file").write_bytes(b"x" * 5)
    with (tmp_path / "file").open("rb") as file:
        socket.send_fds(end, [HEADER.pack(SHARED, 0, 5)], [file.fileno()])
        with pytest.raises(Garbled):
            judge.receive()
