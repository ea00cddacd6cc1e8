"""What came of looking at one thing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "worth a look", "wrong"]
NAMED = 3


@dataclass(frozen=True)
class Finding:
    """A verdict on one part of an installation; ``next`` is the command that mends it, where one does."""

    part: str
    verdict: Verdict
    what: str
    next: str = ""


def named(names: Collection[object]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(map(str, list(names)[:NAMED]))
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def size(count: float) -> str:
    """Return a number of bytes as one reads it."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
