"""A child process per job, with limits: what cannot be stopped from inside can be killed from outside."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import wait

from suite.contracts import Executor, Job, JobExit
from suite.errors import SuiteError
from suite.run.executors.child import Child
from suite.run.executors.forkserver import LIBRARIES, QUICK_CHILDREN, environment_of_server, start_context

POLL_SECONDS = 0.1


class ProcessExecutor(Executor):
    """Runs up to ``workers`` children; kills one that outlives its time or outgrows its memory."""

    name = "process"
    splits = True

    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Run the jobs; closing the iterator kills what is under way."""
        running: list[Child] = []
        more = True
        try:
            while more or running:
                while more and len(running) < self.workers:
                    job = next(jobs, None)
                    more = job is not None
                    if job is not None:
                        running.append(_started(self.libraries, job, self.settings.retries))
                if running:  # for nothing, it would wait in full: on a node of Ray, after every cell
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


def _started(libraries: tuple[str, ...], job: Job, retries: int) -> Child:
    """Start a child, and the fork server too if it is not there or dies meanwhile, which is tried again.

    Raises:
        SuiteError: no process can be started.
    """
    for _ in range(retries + 1):
        # The server may have to be started anew at any of these steps, and never gets this process's secrets.
        environment = dict(os.environ)
        try:
            with environment_of_server({LIBRARIES: " ".join(libraries), **QUICK_CHILDREN}):
                return Child(start_context(), job, environment)
        except (EOFError, OSError) as error:  # what multiprocessing says of a server that is gone
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise
            failed = error
            time.sleep(POLL_SECONDS)
    raise SuiteError(
        f"cannot start a worker: {type(failed).__name__}: {failed}",
        place="the server that starts workers",
        next="free memory or processes (free -h; ulimit -u), then: suite run",
    )
