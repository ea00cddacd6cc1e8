"""Who runs a cell: a process, named so that another process can tell whether it still lives."""

from __future__ import annotations

import os
import platform


def this_process() -> str:
    """Return ``host:pid:start time`` of this process; a pid alone is soon given to somebody else."""
    import psutil

    return f"{platform.node()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_known_dead(owner: str) -> bool:
    """Tell whether the owner is a process of this host that is gone. False for other hosts: their leases decide."""
    import psutil

    host, pid, started = owner.rsplit(":", 2)
    if host != platform.node():
        return False
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" != started
    except psutil.NoSuchProcess:
        return True
