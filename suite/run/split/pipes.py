"""Standard input and output as an end of a channel: what a container has in place of a socket."""

from __future__ import annotations

import os
from typing import Any


class Pipes:
    """Reads from what was standard input and writes to what was standard output, as a stream socket does."""

    def __init__(self) -> None:
        """Take both over; what is printed goes to standard error from now on."""
        self._reading, self._writing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    @property
    def numbers(self) -> tuple[int, int]:
        """The two open files."""
        return self._reading, self._writing

    def recv(self, count: int) -> bytes:
        """Return at most so many bytes; none at the end."""
        return os.read(self._reading, count)

    def recvmsg(self, count: int, _: int) -> tuple[bytes, list[Any], int, None]:
        """Return the same, with the open files that came along: none do."""
        return self.recv(count), [], 0, None

    def sendall(self, content: Any) -> None:
        """Write all of it."""
        left = memoryview(content).cast("B")
        while left:
            left = left[os.write(self._writing, left) :]

    def close(self) -> None:
        """Close both."""
        for number in self.numbers:
            os.close(number)
