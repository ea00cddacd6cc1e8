"""A child process per job, with limits: what cannot be stopped from inside can be killed from outside.

Children are forked from a server process that has imported torch once, so that a cell starts in milliseconds and with
a clean memory. Where the platform has no such server, each child starts from nothing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import wait
from multiprocessing.forkserver import ensure_running
from types import ModuleType
from typing import Any

from suite.contracts import Executor, Job, JobExit
from suite.contracts.executor import Reason
from suite.run.executors.leftovers import STARTING, adopt, parent_of, sweep
from suite.run.result import LOG_FILE, NO_SPACE, OUTPUT_FILE, RESULT_FILE

POLL_SECONDS = 0.1
OUTPUT_BYTES = 50_000_000
GRACE_SECONDS = 5.0
"""How long a worker may go on after its result: a thread that a method left would hold its place until the limit."""
LIBRARIES = "BASIN_SUITE_LIBRARIES"
"""The environment variable that tells the fork server which libraries the run's tracks name: it takes no arguments."""
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""The server's memory lies in few large pages, so that a child is forked in 13 ms and not in 21 (torch 2.15)."""
WARM = "suite.run.executors.warm"
# What workers import anyway; the server imports it once for all of them.
PRELOAD = [
    *("torch", "sklearn.datasets", "sklearn.utils.parallel", "pyarrow.parquet", "safetensors.torch"),
    *("suite.run.worker", WARM),
]


class ProcessExecutor(Executor):
    """Runs up to ``workers`` children; kills one that outlives its time or outgrows its memory."""

    name = "process"

    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Run the jobs; closing the iterator kills what is under way."""
        running: list[_Child] = []
        more = True
        try:
            while more or running:
                while more and len(running) < self.workers:
                    job = next(jobs, None)
                    more = job is not None
                    if job is not None:
                        running.append(_Child(_context(self.libraries), job))
                wait([child.process.sentinel for child in running], timeout=POLL_SECONDS)
                for child in list(running):
                    for line in child.new_lines():
                        self.log(f"{child.job}: {line}")
                    ended = child.ended(self.settings.memory_limit)
                    if ended is not None:
                        running.remove(child)
                        yield ended
        finally:
            for child in running:
                child.kill()


def _context(libraries: tuple[str, ...]) -> Any:
    """Return what starts children; the first call starts the server, with what the run's tracks name."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    with _environment({LIBRARIES: " ".join(libraries), **LARGE_PAGES}):
        ensure_running()
    return context


@contextlib.contextmanager
def _environment(added: dict[str, str]) -> Iterator[None]:
    """Add variables, but for those that somebody else has set, while a process is started."""
    own = {name: value for name, value in added.items() if name not in os.environ}
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            del os.environ[name]


class _Child:
    def __init__(self, context: Any, job: Job) -> None:
        self.job = job
        self.process = context.Process(target=_main, args=(job,), daemon=False)
        with STARTING, _without_main():
            self.process.start()
        self._server = parent_of(self.process.pid)
        self._started = time.monotonic()
        self._deadline = self._started + job.time_limit
        self._finished: float | None = None
        self._peak = 0
        self._read = 0

    def new_lines(self) -> list[str]:
        """Return the lines that the worker has reported since the last call."""
        try:
            with (self.job.folder / LOG_FILE).open("rb") as file:
                file.seek(self._read)
                text, _, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self._read += len(text) + 1 if text else 0
        return text.decode(errors="replace").splitlines()

    def ended(self, memory_limit: float | None) -> JobExit | None:
        """Return how the child ended, having killed it if it broke a limit; None while it may go on."""
        self._cap_output()
        code = self.process.exitcode
        if code is not None:
            self.kill()  # what it started and left behind
            if (self.job.folder / RESULT_FILE).exists():
                return self._exit("finished")
            if code == NO_SPACE:
                return self._exit("no-space", "the worker could not write its result")
            return self._exit("killed", _describe_exit(code))
        if self._lingers():
            self.kill()
            return self._exit("finished")
        if time.monotonic() > self._deadline:
            self.kill()
            return self._exit("timeout", f"over the wall-clock limit of {self.job.time_limit:g} s")
        if memory_limit is not None and self._memory() > memory_limit * 2**30:
            self.kill()
            return self._exit("out-of-memory", f"over the memory limit of {memory_limit:g} GiB")
        return None

    def _exit(self, reason: Reason, detail: str = "") -> JobExit:
        return JobExit(self.job, reason, detail, time.monotonic() - self._started, self._peak)

    def _lingers(self) -> bool:
        """Tell whether the worker goes on though its result has been there for some time."""
        if self._finished is None and (self.job.folder / RESULT_FILE).exists():
            self._finished = time.monotonic()
        return self._finished is not None and time.monotonic() > self._finished + GRACE_SECONDS

    def kill(self) -> None:
        """Kill the child and everything that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()  # it has not made its own group yet, or nothing of the group is left
        self.process.join()
        if self._server is not None:
            sweep(self._server)

    def _cap_output(self) -> None:
        output = self.job.folder / OUTPUT_FILE
        with contextlib.suppress(FileNotFoundError):
            if output.stat().st_size > OUTPUT_BYTES:
                os.truncate(output, 0)  # it is open for appending, so the child goes on at the start

    def _memory(self) -> int:
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.process.pid)
            memory: int = sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
            self._peak = max(self._peak, memory)
            return memory
        return 0


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Start children without the caller's main module: they need nothing of it, and would run a script again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _main(job: Job) -> None:
    os.setsid()
    adopt()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        with (job.folder / OUTPUT_FILE).open("ab") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        _forget_edited()
        from suite.run.worker import work

        work(job)
    except OSError as error:
        os._exit(NO_SPACE if error.errno == errno.ENOSPC else 1)


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
        if hasattr(fcntl, "F_SETSIG"):
            # Linux does it by itself, even while a method holds the interpreter and this thread gets no turn.
            fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, -os.getpgrp())
            fcntl.fcntl(parent.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, os.O_ASYNC)
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)


def _describe_exit(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed by signal 9; the system kills a process that takes too much memory"
    if code < 0:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    return f"exited with status {code} before it wrote a result"
