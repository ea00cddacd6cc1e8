"""Who runs a cell: a process, named so that another process can tell whether it still lives."""

from __future__ import annotations

import os
import platform

CLOCK_SECONDS = 5


def this_process() -> str:
    """Return ``host:pid:start time`` of this process; a pid alone is soon given to somebody else."""
    import psutil

    return f"{platform.node()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_known_dead(owner: str) -> bool:
    """Tell whether the owner is a process of this host that is gone. False for other hosts: their leases decide.

    A process that was killed and that nobody has waited for is gone. The start time moves by a second or so when the
    system's clock is corrected, and a pid does not come round again that fast.
    """
    import psutil

    host, pid, started = owner.rsplit(":", 2)
    if host != platform.node():
        return False
    try:
        process = psutil.Process(int(pid))
        return bool(
            process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - float(started)) > CLOCK_SECONDS
        )
    except psutil.NoSuchProcess:
        return True
