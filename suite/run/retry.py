"""Trying again what the machine ended: a few times, and the last time alone."""

from __future__ import annotations

import shutil
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

from suite.contracts import Executor, Job, JobExit
from suite.run.record import ENVIRONMENT_FILE
from suite.run.schedule import Deadline


def persistently(
    executor: Executor, jobs: Iterator[Job], deadline: Deadline, tell: Callable[[str], None]
) -> Iterator[JobExit]:
    """Run the jobs, and those again that the machine ended; yield how each job ended at last.

    A job is tried ``retries`` more times: at once, beside the others, and the last time alone, when all of them have
    ended. So a job that takes its neighbours along is in the end the only one that is recorded for it.
    """
    retries = executor.settings.retries
    tries: Counter[Path] = Counter()
    soon: deque[Job] = deque()
    alone: deque[Job] = deque()

    def offered() -> Iterator[Job]:
        while True:
            job = _emptied(soon.popleft(), deadline) if soon else next(jobs, None)
            if job is None:
                return
            yield job

    def again(ended: JobExit) -> bool:
        folder = ended.job.folder
        if ended.reason != "machine" or tries[folder] == retries:
            return False
        tries[folder] += 1
        last = tries[folder] == retries
        (alone if last else soon).append(ended.job)
        tell(f"{ended.job}: {ended.detail}; it is tried again{' alone, when the others have ended' if last else ''}")
        return True

    def round_of(jobs: Iterator[Job]) -> Iterator[JobExit]:
        with closing(cast("Generator[JobExit]", executor.execute(jobs))) as ends:
            yield from (ended for ended in ends if not again(ended))

    yield from round_of(offered())
    while soon:
        yield from round_of(offered())
    while alone:
        for ended in round_of(iter([_emptied(alone.popleft(), deadline)])):
            if ended.reason == "machine":
                ended = replace(ended, detail=f"{ended.detail}; {retries + 1} times, the last time alone")
            yield ended


def _emptied(job: Job, deadline: Deadline) -> Job:
    """Return a job to be tried again, its folder as it was when it was tried first."""
    for path in job.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != ENVIRONMENT_FILE:
            path.unlink(missing_ok=True)
    return replace(job, time_limit=min(job.time_limit, deadline.left()))
