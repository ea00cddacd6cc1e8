"""One bit of one byte of a file the other way round, as a disk or a copy does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = (0.0, 0.02, 0.5, 0.9, 1.0)
"""Where bytes are flipped, as a share of the file: its head, its content, its end."""


@contextmanager
def flipped(path: Path, place: float, bit: int = 1) -> Iterator[None]:
    """Flip a bit of a byte of a file, and put the file back as it was, if nobody did so meanwhile."""
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[min(int(place * len(whole)), len(whole) - 1)] ^= bit
    path.write_bytes(damaged)
    try:
        yield
    finally:
        if not path.exists() or path.read_bytes() != whole:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(whole)
