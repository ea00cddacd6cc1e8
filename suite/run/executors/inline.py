"""Work in this process: for a debugger. No limits, and a crash takes the runner with it."""

from __future__ import annotations

from collections.abc import Iterator

from suite.contracts import Executor, Job, JobExit
from suite.errors import Damaged


class InlineExecutor(Executor):
    """Does one job after the other, here."""

    name = "inline"

    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Do the jobs in order; time and memory limits are not enforced."""
        from suite.run.worker import work

        for job in jobs:
            try:
                work(job)
            except Damaged as error:
                yield JobExit(job, "damaged", str(error))
            else:
                yield JobExit(job, "finished")
