"""What a child of the process executor does first: the worker with its judge, or the host of a method."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import wait
from typing import Any

from suite.contracts import Job
from suite.discovery import PACKAGES
from suite.errors import Damaged
from suite.run.executors.forkserver import WARM
from suite.run.executors.leftovers import adopt
from suite.run.result import DAMAGED, DAMAGED_FILE, HOST_GONE, NO_SPACE, OUTPUT_FILE, seal

OF_CELL = ("CUDA_VISIBLE_DEVICES", PACKAGES)
"""The variables that a host is given as the runner has them now, and not as the fork server was started with: a
scheduler may give each cell another GPU, and a notebook may run one submission after another."""


def serve_judge(job: Job, environment: dict[str, str], end: Any = None, sealing: Any = None) -> None:
    """Do a job; what came of it is in its folder, and in the status with which this process ends.

    Args:
        job: the job.
        environment: the runner's variables, secrets included.
        end: this side's end of the channel to the host of the method, if it has one.
        sealing: where the seal of the documents is told then.
    """
    os.setsid()
    adopt()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _take(environment)
    try:
        _write_output_to(str(job.folder / OUTPUT_FILE))
        _forget_edited()
        from suite.run.split import confinement
        from suite.run.split.channel import Closed
        from suite.run.worker import work

        if end is not None:
            confinement.seal()
        try:
            work(job, end)
        except Closed:
            os._exit(HOST_GONE)
        if sealing is not None:
            sealing.send_bytes(seal(job.folder).encode())
    except Damaged as error:
        (job.folder / DAMAGED_FILE).write_text(str(error), encoding="utf-8")
        os._exit(DAMAGED)
    except OSError as error:
        os._exit(NO_SPACE if error.errno == errno.ENOSPC else 1)


def serve_host(end: socket.socket, output: str, variables: dict[str, str]) -> None:
    """Load a method and do what its judge asks for, as it comes through ``end``; what it prints goes to a file."""
    os.setsid()
    _take(variables)
    adopt()
    _die_by_signal()
    _write_output_to(output)
    _forget_edited()
    from suite.run.split.host import Host

    Host(end).serve()
    os._exit(0)


def _take(variables: Mapping[str, str]) -> None:
    for name in OF_CELL:  # of which the fork server may have some that the runner has no more
        os.environ.pop(name, None)
    os.environ.update(variables)


def _write_output_to(path: str) -> None:
    with open(path, "ab") as output:  # noqa: PTH123 - a host gets no more than it needs
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def _forget_edited() -> None:
    """Import the suite anew if it was edited since the fork server did: a cell runs the code that is there."""
    warm = sys.modules.get(WARM)
    if warm is not None and warm.edited():
        for name in [name for name in sys.modules if name == "suite" or name.startswith("suite.")]:
            del sys.modules[name]


def _die_with_parent() -> None:
    """End this process group when the runner is gone: nobody is left to record what it would find."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        _die_by_signal()
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)


def _die_by_signal() -> None:
    """Have Linux end this process group when the runner is gone, even while a method holds the interpreter."""
    parent = multiprocessing.parent_process()
    if parent is not None and hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(parent.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, os.O_ASYNC)
