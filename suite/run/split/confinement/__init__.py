"""Confinement: the kernel takes from the process of a method what its contract does not need."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import traceback
from collections.abc import Sequence
from multiprocessing import parent_process, resource_tracker
from multiprocessing.queues import Queue
from pathlib import Path

from suite.run.split.confinement import environment, landlock, seccomp
from suite.run.split.confinement.kernel import LINUX, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, prctl
from suite.run.split.confinement.privileges import drop_privileges
from suite.run.split.confinement.reach import rules
from suite.run.split.confinement.shared_memory import own_shared_memory

WORDS = {
    "files": "It opens nothing but Python, installed packages, libraries, devices, its own code and its own folder.",
    "network": "It opens no socket, neither to the network nor to a service of the machine.",
    "tcp": "It opens no TCP connection; other sockets are open to it. Said where `network` cannot be.",
    "signals": "It stops and kills no process that it has not started.",
    "tracing": "It reads and writes the memory of no process that it has not started.",
    "privileges": "It gains no rights by starting programs, and has none of root's.",
    "shared memory": "It finds nothing in /dev/shm that others left there, and leaves nothing there.",
    "memory": "It gets no more memory than the limit allows.",
    "environment": "It sees no environment variables but those that libraries need.",
}
"""What `confine` says that the kernel enforces, for the process and all that it starts."""
FILE_BYTES = 4 * 2**30


def confine(
    readable: Sequence[Path],
    writable: Path,
    *,
    hidden: Sequence[Path] = (),
    keep: Sequence[int] = (),
    memory: int | None = None,
) -> tuple[str, ...]:
    """Confine this process and all that it starts, for good; return which of `WORDS` hold.

    To be called once, with one thread, before code of the method is imported. A means that the kernel does not have is
    left out of what is returned, and is no error; on macOS nothing is returned.

    Args:
        readable: files and folders of the method's code.
        writable: an empty folder of its own: its working, home, temporary and cache folder.
        hidden: folders that stay closed even where they lie in one that is readable.
        keep: open files to keep beside standard input, output and error; all others are closed.
        memory: bytes that it may take beyond what it has now.

    Raises:
        RuntimeError: there is a second thread, which would stay free.
    """
    if threading.active_count() > 1:
        raise RuntimeError("a process is confined while it has one thread")
    if not LINUX:
        return ()
    abi = landlock.version()
    words = ["environment"]
    with contextlib.suppress(OSError):
        own_shared_memory()
        words.append("shared memory")
    allowed = list(rules(readable, writable, hidden)) if abi else []
    _close(keep)
    environment.clean(writable)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    if memory is not None and _limit(resource.RLIMIT_DATA, _data_bytes() + memory):
        words.append("memory")
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError):
        drop_privileges()
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        words.append("privileges")
    if abi:
        with contextlib.suppress(OSError):
            landlock.restrict(allowed, abi)
            words += ["files", "tracing", *(["tcp"] if abi >= 4 else []), *(["signals"] if abi >= 6 else [])]
    if seccomp.available():
        with contextlib.suppress(OSError):
            seccomp.restrict()
            _end_when_a_queue_fails()
            words = [word for word in words if word != "tcp"] + ["network"]
    return tuple(word for word in WORDS if word in words)


def _end_when_a_queue_fails() -> None:
    """End a process whose queue cannot send, after its traceback: whoever waits at the other end would wait for ever.

    Torch sends tensors of a DataLoader's workers over Unix sockets, which are refused.
    """

    def fail(queue: object, error: Exception, item: object) -> None:
        traceback.print_exc()
        os._exit(1)

    Queue._on_queue_feeder_error = fail  # type: ignore[attr-defined] # private, but made to be replaced


def seal() -> None:
    """Close this process's memory to others of the same user. Children inherit that until they start a program."""
    if LINUX:
        prctl(PR_SET_DUMPABLE, 0)


def _close(keep: Sequence[int]) -> None:
    """Close what was open before: Landlock takes rights from paths, not from open files.

    What tells of the runner's end stays, as that is what ends this process too.
    """
    tracker = resource_tracker._resource_tracker
    tracker._fd = tracker._pid = None  # type: ignore[attr-defined] # the runner's would act outside; it gets its own
    parent = parent_process()
    runner = [] if parent is None else [parent.sentinel]
    last = 2
    for number in sorted({*keep, *runner, os.sysconf("SC_OPEN_MAX")}):
        os.closerange(last + 1, number)
        last = number


def _limit(kind: int, value: int) -> bool:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, value))
        return True
    return False


def _data_bytes() -> int:
    """Return the private memory that this process may write, as the limit counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * os.sysconf("SC_PAGE_SIZE")
