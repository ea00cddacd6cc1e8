"""The fork server: it has imported torch once, so that a cell starts in milliseconds and with a clean memory.

Where the platform has no such server, each child starts from nothing.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
from collections.abc import Iterator
from multiprocessing.forkserver import ensure_running
from typing import Any

LIBRARIES = "BASIN_SUITE_LIBRARIES"
"""The environment variable that tells the fork server which libraries the run's tracks name: it takes no arguments."""
QUICK_CHILDREN = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "OPENBLAS_THREAD_TIMEOUT": "20",
    "GOMP_SPINCOUNT": "1000",
}
"""The server's memory lies in few large pages, so that a child is forked in 13 ms and not in 21 (torch 2.15). Threads
of OpenBLAS sleep after 2^20 cycles without work: by default each child's spin for 2^26, 30 ms on each core. Threads of
torch sleep after 1,000 turns, as libgomp's do where it knows of too few cores, and not after 300,000: a cell of two
threads waits at every operation for the one that the system has not given a core. On two cores that others used too
(load 10) a training took 18 s and not 120; on idle ones 1.30 s and not 1.21."""
SECRET = re.compile(r"^SUITE_|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|_KEY$|^DATABASE")
"""Names of environment variables that no method needs, and that tell where labels and stores are."""
WARM = "suite.run.executors.warm"
# What workers import anyway; the server imports it once for all of them.
PRELOAD = [
    *("torch", "sklearn.datasets", "sklearn.utils.parallel", "pyarrow.parquet", "safetensors.torch"),
    *("suite.run.worker", "suite.run.split.host", "suite.run.executors.entry", WARM),
]


def start_context() -> Any:
    """Return what starts children; the first call starts the server, with what the run's tracks name."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    ensure_running()
    return context


@contextlib.contextmanager
def environment_of_server(added: dict[str, str]) -> Iterator[None]:
    """Add variables, but for those that somebody else has set, and take secrets away, while a process is started.

    What the fork server has never had, no host of a method can find in its memory. Judges get it with their job.
    """
    secret = {name: value for name, value in os.environ.items() if SECRET.search(name)}
    own = {name: value for name, value in added.items() if name not in os.environ}
    os.environ.update(own)
    for name in secret:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(secret)
        for name in own:
            del os.environ[name]
