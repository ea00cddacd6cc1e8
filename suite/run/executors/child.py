"""A child process with limits, as its parent sees it: started, watched, killed, and told how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from suite.contracts import Job, JobExit
from suite.contracts.executor import Reason
from suite.run.executors.deaths import describe_exit, from_outside, starvations
from suite.run.executors.entry import OF_CELL, serve_host, serve_judge
from suite.run.executors.leftovers import STARTING, end_tree, is_ending, parent_of, sweep
from suite.run.result import (
    DAMAGED,
    DAMAGED_FILE,
    HOST_GONE,
    LOG_FILE,
    NO_SPACE,
    OUTPUT_FILE,
    RESULT_FILE,
    SAMPLES_FILE,
    seal,
)
from suite.run.split.confinement.container import Container, host_container
from suite.run.split.judge import host_folder, instruct

OUTPUT_BYTES = 50_000_000
GRACE_SECONDS = 5.0
"""How long a worker may go on after its result: a thread that a method left would hold its place until the limit."""
SERVER_GONE = 255
"""The exit status of all of its children, as multiprocessing has it, when the fork server is gone."""
END_SECONDS = 2.0
"""In which the end of a method's process is told, once its channel has ended."""


class Child:
    """A process that does a job, and the process of the job's method if that is apart.

    Attributes:
        job: what it does.
        process: the process, as multiprocessing has it.
    """

    def __init__(self, context: Any, job: Job, environment: dict[str, str]) -> None:
        self.job = job
        self._host: Any = None
        self._seal: Any = None
        ends: tuple[Any, ...] = ()
        with STARTING, _without_main():
            try:
                if job.split is not None:
                    ends = self._start_host(context)
                self.process = context.Process(target=serve_judge, args=(job, environment, *ends), daemon=False)
                self.process.start()
            except BaseException:
                self._end_host(orphaned=True)
                raise
            finally:
                for end in ends:
                    end.close()
        self._server = parent_of(self.process.pid)
        self._starvations = starvations()
        self._started = time.monotonic()
        self._deadline = self._started + job.time_limit
        self._finished: float | None = None
        self._peak = 0
        self._over = False
        self._read = 0

    def _start_host(self, context: Any) -> tuple[Any, Any]:
        """Start the process of the job's method; return the judge's ends of the channel to it, and of the seal's."""
        assert self.job.split is not None
        judge, host = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._seal, sealing = context.Pipe(duplex=False)
        host_folder(self.job).mkdir(exist_ok=True)
        output = str(self.job.folder / OUTPUT_FILE)
        if self.job.split.container is None:
            variables = {name: os.environ[name] for name in OF_CELL if name in os.environ}
            self._host = context.Process(target=serve_host, args=(host, output, variables), daemon=False)
            self._host.start()
        else:
            self._host = host_container(self.job, host.fileno(), output)
        instruct(judge, self.job)  # before this copy of the host's end is closed: a host that has ended breaks no pipe
        host.close()
        return judge, sealing

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
            told, orphaned, host = self._told(), self._is_orphaned(code), self._host_end(code)
            self.kill()  # what it started and left behind
            if (self.job.folder / RESULT_FILE).exists():
                return self._checked(told)
            if orphaned:
                return self._exit("machine", "the server that starts workers was killed")
            if host is not None:
                return host
            if code == NO_SPACE:
                return self._exit("no-space", "the worker could not write its result")
            if code == DAMAGED:
                return self._exit("damaged", (self.job.folder / DAMAGED_FILE).read_text(encoding="utf-8"))
            return self._death("worker", code, "wrote a result")
        if self._lingers():
            told = self._told()
            self.kill()
            return self._checked(told)
        if time.monotonic() > self._deadline:
            self.kill()
            return self._exit("timeout", f"over the wall-clock limit of {self.job.time_limit:g} s")
        over = memory_limit is not None and self._memory() > memory_limit * 2**30
        if over and not self._over:
            self._over = True  # to be confirmed: one that is being started shares its parent's for a moment
            return None
        self._over = over
        if over:
            self.kill()
            return self._exit("out-of-memory", f"over the memory limit of {memory_limit:g} GiB")
        return None

    def cancelled(self) -> JobExit:
        """Kill the child, and return that it was cancelled."""
        self.kill()
        return self._exit("cancelled")

    def _is_orphaned(self, code: int) -> bool:
        """Tell whether the child's end is only that of the fork server: it may go on itself."""
        return code == SERVER_GONE and self._server is not None and is_ending(self._server)

    def _death(self, who: str, code: int, missing: str) -> JobExit:
        starved = starvations() > self._starvations
        reason: Reason = "machine" if from_outside(code) else "killed"
        was = "was " if code < 0 else ""
        return self._exit(reason, f"the {who} {was}{describe_exit(code, missing, starved=starved)}")

    def _exit(self, reason: Reason, detail: str = "") -> JobExit:
        return JobExit(self.job, reason, detail, time.monotonic() - self._started, self._peak)

    def _lingers(self) -> bool:
        """Tell whether the worker goes on though its result has been there for some time."""
        if self._finished is None and (self.job.folder / RESULT_FILE).exists():
            self._finished = time.monotonic()
        return self._finished is not None and time.monotonic() > self._finished + GRACE_SECONDS

    def kill(self) -> None:
        """Kill the child and its host, and everything that they started."""
        orphaned = self._server is not None and is_ending(self._server)
        _kill(self.process, orphaned)
        self._end_host(orphaned)
        if self._server is not None:
            sweep(self._server)

    def _end_host(self, orphaned: bool = False) -> None:
        if isinstance(self._host, Container):
            self._host.kill()
        elif self._host is not None and self._host.pid is not None:
            _kill(self._host, orphaned)
        if self._seal is not None:
            self._seal.close()

    def _host_end(self, code: int) -> JobExit | None:
        """Return how the method's process ended, if that is why the judge did."""
        if self._host is None or code != HOST_GONE:
            return None
        self._host.join(END_SECONDS)
        ended = self._host.exitcode
        if ended is None:
            return self._exit("killed", "the method's process closed its channel")
        return self._death("method's process", ended, "had answered")

    def _told(self) -> str | None:
        """Return the seal that the judge told of its documents, if it has one."""
        with contextlib.suppress(EOFError, OSError):
            if self._seal is not None and self._seal.poll():
                return bytes(self._seal.recv_bytes(100)).decode(errors="replace")
        return None

    def _checked(self, told: str | None) -> JobExit:
        """Return that the job has finished, if its documents are those that the judge told of."""
        if self._seal is None or told == seal(self.job.folder):
            return self._exit("finished")
        for name in (RESULT_FILE, SAMPLES_FILE):
            (self.job.folder / name).unlink(missing_ok=True)
        return self._exit("invalid", "the result was not written by the judge, or was changed since")

    def _cap_output(self) -> None:
        output = self.job.folder / OUTPUT_FILE
        with contextlib.suppress(FileNotFoundError):
            if output.stat().st_size > OUTPUT_BYTES:
                os.truncate(output, 0)  # it is open for appending, so the child goes on at the start

    def _memory(self) -> int:
        import psutil

        total = 0
        for started in filter(None, (self.process, self._host)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(started.pid)
                total += sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
        self._peak = max(self._peak, total)
        return total


def _kill(process: Any, orphaned: bool) -> None:
    """Kill a process and its group; if its server is gone, also all that nobody would adopt and find."""
    if orphaned:
        end_tree(process.pid)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        if not orphaned:
            process.kill()  # it has not made its own group yet, or nothing of the group is left
    process.join()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Start children without the caller's main module: they need nothing of it, and would run a script again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
