"""Who runs a cell: a process, named so that another process can tell whether it still lives."""

from __future__ import annotations

import os
import platform
from pathlib import Path

PROC = Path("/proc")
CLOCK_SECONDS = 5


def this_process() -> str:
    """Return ``host:pid:start@boot/namespace`` of this process.

    A pid alone is soon given to somebody else, so its start stands with it: in ticks since the machine started, which
    no correction of the clock moves. A pid means something in its own PID namespace alone, and until the machine starts
    again. Without ``/proc`` it is ``host:pid:start``, with the start in seconds since 1970.
    """
    pid, world = os.getpid(), _world()
    started = _start_ticks(pid) if world else None
    if started is not None:
        return f"{platform.node()}:{pid}:{started}@{world}"
    import psutil

    return f"{platform.node()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_known_dead(owner: str) -> bool:
    """Tell whether the owner is a process that is known to be gone. Of what cannot be seen from here leases decide.

    Seen are the processes of the same boot and the same PID namespace: two containers may have one host name, and one
    container several. A process that was killed and that nobody has waited for is gone.
    """
    host, pid, started = owner.rsplit(":", 2)
    started, of_today, world = started.partition("@")
    if not of_today:
        return _is_dead_by_clock(host, int(pid), float(started))
    if world != _world():
        return False
    ticks = _start_ticks(int(pid))
    return not _exists(int(pid)) if ticks is None else ticks != int(started)


def _world() -> str:
    """Return boot id and PID namespace of this process, empty where the system tells neither."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _start_ticks(pid: int) -> int | None:
    """Return when a process started, in ticks since the machine did; -1 if it has ended, None if it cannot be seen."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None
    return -1 if state in ("Z", "X") else int(fields[18])


def _exists(pid: int) -> bool:
    """Tell whether there is such a process: those of other users may be hidden."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_dead_by_clock(host: str, pid: int, started: float) -> bool:
    """Tell it of an owner as stores of before 2027 name it, and systems without ``/proc``."""
    import psutil

    if host != platform.node():
        return False
    try:
        process = psutil.Process(pid)
        return bool(process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - started) > CLOCK_SECONDS)
    except psutil.NoSuchProcess:
        return True
