"""The runner: select, plan, prepare, execute. Whatever interrupts it, the same command goes on from there."""

from __future__ import annotations

from collections.abc import Sequence

from suite.cache import Cache
from suite.contracts import Executor, Resources, Task
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.execute import Execution
from suite.run.plan import Plan, Seeded
from suite.run.prepare import prepare
from suite.run.record import Recorder
from suite.run.selection import Request, Selected, select_methods, select_tasks
from suite.run.summary import Reporter, Summary
from suite.settings import Settings, cores
from suite.store.writing import Writer


class Runner:
    """Runs what a request asks for, with one executor, into one store."""

    def __init__(self, registry: Registry, settings: Settings, reporter: Reporter, executor: str = "process") -> None:
        self._registry = registry
        self._settings = settings
        self._reporter = reporter
        self._executor = registry.executors[executor]

    def run(self, request: Request) -> Summary:
        """Run the cells that are not done yet, and record each as it ends.

        Raises:
            SuiteError: something is wrong that no cell can be blamed for: the request, the store, the disk.
        """
        tasks = select_tasks(self._registry, request)
        methods = select_methods(self._registry, request, {task.track for task in tasks})
        if not tasks or not methods:
            found = f"{len(tasks)} tasks and {len(methods)} methods match"
            raise SuiteError(f"nothing to run: {found}", place="suite run", next="suite tasks; suite methods")
        declined = _declined(tasks, methods)
        measuring = [task for task in tasks if any(method.measured_by(task) for method in methods)]
        if not measuring:
            raise SuiteError(f"nothing to run: {'; '.join(declined)}", place="suite run", next="suite methods")
        for text in declined:
            self._reporter.message(text)
        summary = Summary(tasks=[task.id for task in tasks])
        wanted = [Seeded(task, seed) for task in measuring for seed in request.seeds or task.seeds]
        resources = Resources(self._settings, Cache(self._settings.cache_folder), log=self._reporter.message)
        writer = Writer(self._settings.database_url)
        try:
            recorder = Recorder(writer, self._registry, self._settings)
            summary.recovered = recorder.recover(self._settings.pending)
            plan = Plan(wanted, methods, resources, request.retry_failed)
            plan.look_up(summary)
            prepare(plan, self._make_executor, self._settings, self._reporter, summary)
            execution = Execution(writer, recorder, self._settings, self._reporter, summary)
            execution.run(plan.cells(summary), self._make_executor)
        finally:
            writer.close()
        return summary

    def _make_executor(self, jobs: int) -> tuple[Executor, int]:
        """Return an executor for so many jobs, and the threads of each: together they use every core, and no more."""
        workers = min(self._settings.workers, jobs)
        threads = max(1, cores() // workers)
        return self._executor(self._settings, workers, self._reporter.message), threads


def _declined(tasks: Sequence[Task], methods: Sequence[Selected]) -> list[str]:
    """Return which methods each task leaves out, and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for task in tasks:
        for method in (selected.entry.value for selected in methods):
            if method.track == task.track and (reason := task.declines(method)):
                found.setdefault((task.id, reason), []).append(method.name)
    return [f"{task} leaves out {', '.join(names)}: {reason}" for (task, reason), names in found.items()]
