"""What a method leaves running when its process has ended: found and killed, on Linux.

A process that leaves its group and its parent is adopted by the nearest process above that adopts. Workers do, so that
whatever a cell starts stays below its worker; so does the fork server, so that what outlives a worker becomes its
child. When the runner is gone, the fork server ends them all. Elsewhere such a process stays.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Collection
from multiprocessing import active_children
from pathlib import Path

from suite.run.split.confinement.kernel import LINUX, PR_SET_CHILD_SUBREAPER, prctl

ROUNDS = 200
SECONDS = 5.0
"""For which the fork server tries, when its runner is gone, to end all that is below it."""
THREADS = 17
"""The place of the number of threads among the fields of a process's status."""
EXITING = 4
"""The flag of a process that is about to end, PF_EXITING."""
STARTING = threading.Lock()
"""Held while a worker starts: between its start and its entry in the list of workers it looks like a leftover."""


def adopt() -> None:
    """Let this process adopt what its descendants leave behind."""
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def parent_of(pid: int) -> int | None:
    """Return the parent of a process, if the kernel tells."""
    fields = _status(pid)
    return int(fields[1]) if fields else None


def sweep(server: int) -> None:
    """Kill the children of the fork server that are no workers, and those who come after them.

    One that starts new processes as fast as they are killed is left after some time: a container ends it.
    """
    for _ in range(ROUNDS):
        with STARTING:
            found = _left(server, {child.pid for child in active_children()})
        if not found:
            return
        for pid in found:
            _kill(pid)
        time.sleep(0.001)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, waited for or not, on a system whose kernel tells."""
    return LINUX and _has_ended(_status(pid))


def is_ending(pid: int) -> bool:
    """Tell whether a process has ended or is about to: its pipes are closed before it is gone."""
    fields = _status(pid)
    return LINUX and (not fields or fields[0] in "ZX" or bool(int(fields[6]) & EXITING))


def end_tree(pid: int) -> None:
    """Kill a process whose server is gone, after all that it has started or adopted; return when it is no more."""
    import psutil

    try:
        os.kill(pid, signal.SIGSTOP)  # it starts nothing more, and whatever loses its parent stays below it
        for _ in range(ROUNDS):
            below = [each.pid for each in psutil.Process(pid).children(recursive=True) if not is_gone(each.pid)]
            if not below:
                break
            for each in below:
                _kill(each)
            time.sleep(0.001)
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return
    for _ in range(ROUNDS):
        if is_gone(pid):
            return
        time.sleep(0.01)


def end_all() -> None:
    """Kill every process below this one, which adopts them.

    What a worker has left comes below this one only when the worker is gone, which on a busy machine takes a while.
    """
    deadline, empty = time.monotonic() + SECONDS, False
    while time.monotonic() < deadline:
        found = _left(os.getpid(), ())
        if not found:
            if empty:  # twice: a worker may have ended, and left its own, between the list and the look at it
                return
            empty = True
            continue
        empty = False
        for pid in found:
            _kill(pid)
        time.sleep(0.001)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _left(server: int, workers: Collection[int | None]) -> list[int]:
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    except OSError:
        return []  # another system, or the server is gone
    return [pid for pid in map(int, children) if pid not in workers and not _has_ended(_status(pid))]


def _has_ended(fields: list[str]) -> bool:
    """Tell whether a process has ended with all of its threads: only then the one above adopts what it has left.

    Its state is that of its first thread alone.
    """
    return not fields or (fields[0] in "ZX" and int(fields[THREADS]) <= 1)


def _status(pid: int) -> list[str]:
    """Return the fields of a process's status that follow its name: state, parent and more; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
