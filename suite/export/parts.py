"""Splitting: a page that would be too heavy becomes several."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

HEAVY = 290_000
"""Bytes that a page may weigh; style and script, which all pages share, are some more."""


def in_parts(items: Sequence[T], render: Callable[[Sequence[T], int, int], str]) -> list[str]:
    """Render items as one page, or as the two, four, eight ... pages that are light enough.

    ``render`` gets the items of a part, the part's number from 1, and how many parts there are. A single item is never
    divided, however heavy it is.
    """
    count = 1
    while True:
        size = max(1, math.ceil(len(items) / count))
        starts = range(0, max(1, len(items)), size)
        pages = [render(items[start : start + size], part, len(starts)) for part, start in enumerate(starts, 1)]
        if size == 1 or all(len(page.encode()) <= HEAVY for page in pages):
            return pages
        count *= 2
