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
import re
import signal
import socket
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
from suite.errors import Damaged, SuiteError
from suite.run.executors.deaths import describe_exit, from_outside, starvations
from suite.run.executors.leftovers import STARTING, adopt, end_tree, is_ending, parent_of, sweep
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

POLL_SECONDS = 0.1
OUTPUT_BYTES = 50_000_000
GRACE_SECONDS = 5.0
"""How long a worker may go on after its result: a thread that a method left would hold its place until the limit."""
STARTS = 3
"""How often a worker's start is tried; a server that was killed is started again."""
SERVER_GONE = 255
"""The exit status of all of its children, as multiprocessing has it, when the fork server is gone."""
END_SECONDS = 2.0
"""In which the end of a method's process is told, once its channel has ended."""
DEVICES = "CUDA_VISIBLE_DEVICES"
"""The one variable that a host is given besides: a scheduler may give each cell another GPU."""
LIBRARIES = "BASIN_SUITE_LIBRARIES"
"""The environment variable that tells the fork server which libraries the run's tracks name: it takes no arguments."""
QUICK_CHILDREN = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "OPENBLAS_THREAD_TIMEOUT": "20"}
"""The server's memory lies in few large pages, so that a child is forked in 13 ms and not in 21 (torch 2.15). Threads
of OpenBLAS sleep after 2^20 cycles without work: by default each child's spin for 2^26, 30 ms on each core."""
SECRET = re.compile(r"^SUITE_|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|_KEY$|^DATABASE")
"""Names of environment variables that no method needs, and that tell where labels and stores are."""
WARM = "suite.run.executors.warm"
# What workers import anyway; the server imports it once for all of them.
PRELOAD = [
    *("torch", "sklearn.datasets", "sklearn.utils.parallel", "pyarrow.parquet", "safetensors.torch"),
    *("suite.run.worker", "suite.run.split.host", WARM),
]


class ProcessExecutor(Executor):
    """Runs up to ``workers`` children; kills one that outlives its time or outgrows its memory."""

    name = "process"
    splits = True

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
                        running.append(_started(self.libraries, job))
                wait([child.process.sentinel for child in running], timeout=POLL_SECONDS)
                for child in list(running):
                    for line in child.new_lines():
                        self.log(f"{child.job}: {line}")
                    cancelled = child.job.folder in self.cancelled
                    ended = child.cancelled() if cancelled else child.ended(self.settings.memory_limit)
                    if ended is not None:
                        running.remove(child)
                        yield ended
        finally:
            for child in running:
                child.kill()


def _started(libraries: tuple[str, ...], job: Job) -> _Child:
    """Start a child, and the fork server too if it is not there or dies meanwhile.

    Raises:
        SuiteError: no process can be started.
    """
    for _ in range(STARTS):
        # The server may have to be started anew at any of these steps, and never gets this process's secrets.
        environment = dict(os.environ)
        try:
            with _environment({LIBRARIES: " ".join(libraries), **QUICK_CHILDREN}):
                return _Child(_context(), job, environment)
        except (EOFError, OSError) as error:  # what multiprocessing says of a server that is gone
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise
            failed = error
            time.sleep(POLL_SECONDS)
    raise SuiteError(
        f"no worker can be started: {type(failed).__name__}: {failed}",
        place="the server that starts workers",
        next="free memory or processes (free -h; ulimit -u), then: suite run",
    )


def _context() -> Any:
    """Return what starts children; the first call starts the server, with what the run's tracks name."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    ensure_running()
    return context


@contextlib.contextmanager
def _environment(added: dict[str, str]) -> Iterator[None]:
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


class _Child:
    def __init__(self, context: Any, job: Job, environment: dict[str, str]) -> None:
        self.job = job
        self._host: Any = None
        self._seal: Any = None
        ends: tuple[Any, ...] = ()
        with STARTING, _without_main():
            try:
                if job.split is not None:
                    ends = self._start_host(context)
                self.process = context.Process(target=_main, args=(job, environment, *ends), daemon=False)
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
            self._host = context.Process(target=_host_main, args=(host, output, os.environ.get(DEVICES)), daemon=False)
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


def _main(job: Job, environment: dict[str, str], end: Any = None, sealing: Any = None) -> None:
    os.setsid()
    adopt()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    os.environ.update(environment)
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


def _host_main(end: socket.socket, output: str, devices: str | None) -> None:
    os.setsid()
    if devices is not None:
        os.environ[DEVICES] = devices
    adopt()
    _die_by_signal()
    _write_output_to(output)
    _forget_edited()
    from suite.run.split.host import Host

    Host(end).serve()
    os._exit(0)


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
