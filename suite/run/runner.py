"""The runner: select, plan, prepare, execute. Whatever interrupts it, the same command goes on from there."""

from __future__ import annotations

from suite.cache import Cache
from suite.contracts import Executor, Resources
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.execute import Execution
from suite.run.plan import Plan
from suite.run.prepare import prepare
from suite.run.record import Recorder
from suite.run.selection import Request, current, select_methods, select_tasks
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
        request = current(self._registry, request, self._reporter.message)
        tasks = select_tasks(self._registry, request, self._reporter.message)
        methods = select_methods(self._registry, request, {choice.task.track for choice in tasks})
        if not tasks or not methods:
            tracks = ", ".join(sorted({choice.task.track for choice in tasks}))
            why = f"no method that was asked for is of the track {tracks}" if tasks else "no task is of this tier"
            raise SuiteError(f"nothing to run: {why}", place="suite run", next="suite tasks; suite methods")
        resources = Resources(self._settings, Cache(self._settings.cache_folder), log=self._reporter.message)
        plan = Plan(tasks, methods, request.seeds, resources, request.retry_failed)
        if plan.empty:
            raise SuiteError(f"nothing to run: {'; '.join(plan.declined)}", place="suite run", next="suite methods")
        for text in plan.declined:
            self._reporter.message(text)
        summary = Summary(asked={choice.task.id: choice.settings for choice in tasks})
        writer = Writer(self._settings.database_url)
        try:
            recorder = Recorder(writer, self._registry, self._settings)
            summary.recovered = recorder.recover(self._settings.pending)
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
