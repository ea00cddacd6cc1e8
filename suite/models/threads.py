"""How many threads train what cells share: the last bits of a network follow from it, and with them every identity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from suite.lazy import torch


@contextmanager
def threads(count: int | None) -> Iterator[None]:
    """Let torch cut up operations for so many threads while the code within runs; None changes nothing."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
