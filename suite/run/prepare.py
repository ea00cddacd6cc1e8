"""Preparing: train models and extract features where cells are going to need them, before the cells run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from suite.contracts import Executor, Job
from suite.registry import Registry
from suite.run.plan import Plan, TaskSeed
from suite.run.result import read_result
from suite.run.retry import persistently
from suite.run.schedule import Deadline
from suite.run.split.plan import plan_loads_of_task
from suite.run.summary import Reporter, Summary
from suite.settings import Settings

MakeExecutor = Callable[[int], tuple[Executor, int]]
"""From the number of jobs to an executor and the threads that each of its workers may use."""


def prepare(
    plan: Plan,
    make: MakeExecutor,
    registry: Registry,
    settings: Settings,
    reporter: Reporter,
    summary: Summary,
    deadline: Deadline,
) -> None:
    """Prepare what the plan says is due; what cannot be prepared is dropped from it, with the reason in ``summary``."""
    due = plan.due()
    if not due:
        return
    reporter.stage("preparing", len(due))
    executor, threads = make(len(due))
    with TemporaryDirectory(prefix="suite-prepare-") as folder:
        jobs = {Path(folder) / str(number): wanted for number, wanted in enumerate(due)}
        offered = _jobs(jobs, registry, settings, threads, deadline)
        for ended in persistently(executor, offered, deadline, reporter.message):
            wanted = jobs.pop(ended.job.folder)
            result = read_result(ended.job.folder)
            state = result.state if result else ended.reason
            if state == "done":
                plan.learn(wanted)
            elif state == "timeout" and not deadline.left():
                jobs[ended.job.folder] = wanted  # not its own fault
                continue
            else:
                plan.drop(wanted)
                reason = (result.error if result else "") or ended.detail
                summary.errors.append(f"{wanted} could not be prepared ({state}): {reason}")
            reporter.step(str(wanted), state)
        for wanted in jobs.values():
            plan.drop(wanted)
            summary.unprepared += 1


def _jobs(
    jobs: Mapping[Path, TaskSeed], registry: Registry, settings: Settings, threads: int, deadline: Deadline
) -> Iterator[Job]:
    for folder, wanted in list(jobs.items()):
        within = deadline.left()
        if not within:
            return
        folder.mkdir()
        yield Job(
            kind="prepare",
            task=wanted.task.id,
            seed=wanted.seed,
            folder=folder,
            settings=settings,
            setting=wanted.network,
            threads=threads,
            loads=plan_loads_of_task(registry, wanted.task.id),
            time_limit=min(settings.prepare_time_limit, within),
            requirements=wanted.task.requirements,
        )
