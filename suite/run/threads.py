"""A job's share of the cores, for every library that has threads of its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def limit_threads(threads: int) -> None:
    """Let torch, and the pools that NumPy, SciPy and scikit-learn have of their own, use so many threads each.

    Pools that are larger than a job's share of the cores wait for each other: ten times slower, measured on two cores.
    """
    import torch

    torch.set_num_threads(threads)
    thread_pools().limit(limits=threads)


@cache
def thread_pools() -> ThreadpoolController:
    """Return the pools that are loaded at the first call; finding them takes milliseconds."""
    import sklearn.utils.parallel  # noqa: F401 - a library that is loaded only later would not be limited
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
