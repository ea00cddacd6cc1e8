"""Chunks of work side by side, each on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import torch


def run_chunks(run: Callable[[int], None], chunks: Iterable[int], threads: int | None = None) -> None:
    """Call ``run`` with each chunk, on as many threads as torch has if not told otherwise.

    Whole chunks side by side are faster than operations that are each cut up and waited for, above all on a busy
    machine: so long as this runs, torch uses one thread for an operation.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads or before) as pool:
            list(pool.map(run, chunks))
    finally:
        torch.set_num_threads(before)
