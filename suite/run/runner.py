"""The runner: select, plan, prepare, execute. Whatever interrupts it, the same command goes on from there."""

from __future__ import annotations

import math

from suite.cache import Cache
from suite.contracts import Executor, Resources
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.announce import Announcer
from suite.run.execute import Execution
from suite.run.expectation import Expectation
from suite.run.libraries import libraries
from suite.run.networks import by_network, with_network
from suite.run.others import Others
from suite.run.plan import Outlook, Plan
from suite.run.prepare import prepare
from suite.run.record import Recorder
from suite.run.schedule import Deadline, Schedule
from suite.run.selection import Request, current, select_methods, select_tasks
from suite.run.split.plan import check_splits
from suite.run.summary import Reporter, Summary
from suite.settings import Settings
from suite.store.engine import has_store
from suite.store.reading import Reader
from suite.store.writing import Writer


class Runner:
    """Runs what a request asks for, with one executor, into one store."""

    def __init__(self, registry: Registry, settings: Settings, reporter: Reporter, executor: str = "process") -> None:
        self._registry = registry
        self._settings = settings
        self._reporter = reporter
        self._executor = registry.executors[executor]
        self._libraries: tuple[str, ...] = ()

    def run(self, request: Request, limit: float = math.inf, *, wait: bool = False) -> Summary:
        """Run the cells that are not done yet, and record each as it ends; stop after ``limit`` seconds.

        ``wait``: for the cells that other runners have, too; what these give back is run here.

        Raises:
            SuiteError: something is wrong that no cell can be blamed for: the request, the store, the disk.
        """
        deadline = Deadline(limit)
        plan = self._plan(request)
        self._libraries = libraries(self._registry, plan.asked)
        for text in plan.declined:
            self._reporter.message(text)
        summary = Summary(asked=plan.asked)
        announcer = Announcer(self._registry, self._settings)
        writer = Writer(self._settings.database_url, self._settings.store_patience)
        try:
            announcer.run_started(list(plan.asked))
            recorder = Recorder(writer, self._registry, self._settings, announcer)
            summary.recovered = recorder.recover(self._settings.pending)
            plan.look_up(summary)
            prepare(plan, self._make_executor, self._registry, self._settings, self._reporter, summary, deadline)
            cells = plan.cells(summary)
            check_splits(self._registry, self._settings, self._executor, [planned.cell for planned in cells])
            others = Others(self._settings.database_url, summary)
            while cells:
                workers = self._workers(len(cells))
                schedule = Schedule(cells, self._expectation(plan), workers, deadline, self._settings.retries)
                execution = Execution(
                    writer, recorder, self._settings, self._reporter, summary, schedule, self._registry
                )
                execution.run(*self._make_executor(len(cells)))
                others.add(execution.elsewhere)
                if wait and summary.elsewhere:
                    self._reporter.message(f"waiting for {summary.elsewhere} cells of other runners")
                cells = others.freed(deadline) if wait else []
        finally:
            writer.close()
            announcer.run_finished(summary.states, summary.errors)
        return summary

    def outlook(self, request: Request) -> tuple[list[Outlook], list[str]]:
        """Return what `run` would do now, and why tasks cannot be run. Writes nothing.

        Which of the methods that are named have no part in a task, the reporter is told.

        Raises:
            SuiteError: the request or the store is wrong.
        """
        plan, summary = self._plan(request), Summary()
        for text in plan.declined if request.methods else ():
            self._reporter.message(text)
        plan.look_up(summary)
        return plan.outlook(self._expectation(plan)), summary.errors

    def _plan(self, request: Request) -> Plan:
        request = current(self._registry, request, self._reporter.message)
        tasks = select_tasks(self._registry, request, self._reporter.message)
        methods = select_methods(self._registry, request, {choice.task.track for choice in tasks})
        if not tasks or not methods:
            tracks = ", ".join(sorted({choice.task.track for choice in tasks}))
            none = "no task has a part in the tour" if request.tours else "no task is of this tier"
            why = f"no method that was asked for is of the track {tracks}" if tasks else none
            raise SuiteError(
                f"nothing to run: {why}", place="suite run", next="see what there is: suite tasks, suite methods"
            )
        resources = Resources(self._settings, Cache(self._settings.cache_folder), log=self._reporter.message)
        if request.network is not None:
            tasks = [with_network(choice, request.network, resources.cache) for choice in tasks]
            for told in dict.fromkeys(
                f"{s.name}: {s.about}" for s in (choice.task.substitute for choice in tasks) if s
            ):
                self._reporter.message(f"network {told}")
        else:
            tasks = [part for choice in tasks for part in by_network(choice, resources.cache)]
        plan = Plan(tasks, methods, resources, request.retry_failed)
        if plan.empty:
            raise SuiteError(f"nothing to run: {'; '.join(plan.declined)}", place="suite run", next="suite methods")
        return plan

    def _expectation(self, plan: Plan) -> Expectation:
        url = self._settings.database_url
        if not has_store(url):
            return Expectation((), plan.costs)
        reader = Reader(url, self._settings.store_patience)
        try:
            return Expectation(reader.durations(), plan.costs)
        finally:
            reader.close()

    def _make_executor(self, jobs: int) -> tuple[Executor, int]:
        """Return an executor for so many jobs, and the threads of each: together they use every core, and no more."""
        workers = self._workers(jobs)
        threads = max(1, self._executor.cores(self._settings) // workers)
        made = self._executor(self._settings, workers, self._reporter.message)
        made.libraries = self._libraries
        return made, threads

    def _workers(self, jobs: int) -> int:
        """Return how many of so many jobs run side by side: one a core, where nobody has said otherwise."""
        told = "workers" in self._settings.model_fields_set
        return min(self._settings.workers if told else self._executor.cores(self._settings), jobs)
