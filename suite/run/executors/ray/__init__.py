"""Cells on the nodes of a Ray cluster: each as on this machine, a child process with limits, by the process executor.

Ray places jobs by what they need and brings their documents back; nothing else has to be shared. See docs/cluster.md.
"""

from __future__ import annotations

import errno
import itertools
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from suite.cache import Cache
from suite.contracts import Executor, Job, JobExit
from suite.errors import SuiteError
from suite.extras import required_library
from suite.files import write_atomic
from suite.run.artifacts import artifacts_of
from suite.run.executors.process import ProcessExecutor
from suite.run.executors.ray.cluster import Cluster, connect, question
from suite.run.executors.ray.node import Delivery, Parcel, Question, work
from suite.run.executors.ray.parts import plugin_parts
from suite.run.executors.ray.placing import Placed, place
from suite.run.result import LOG_FILE, RESULT_FILE
from suite.settings import Settings, cores

POLL_SECONDS = 0.1
QUICK_SECONDS = 1.0
"""Behind cells that take less, the next ones are sent before there is room, so that no node waits for the runner."""
END_SECONDS = 10.0
"""In which a node ends a job that is called off, before its process is killed."""


class RayExecutor(Executor):
    """Runs up to ``workers`` jobs on the nodes that have this code; the loss of a node is the machine's doing."""

    name = "ray"
    splits = True

    @classmethod
    def cores(cls, settings: Settings) -> int:
        """Return how many cores the cluster has."""
        connect(settings)
        return max(1, int(required_library("ray").cluster_resources().get("CPU", 1)))

    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Run the jobs; closing the iterator ends what is under way.

        Raises:
            SuiteError: no node can run cells, or none has what a job needs.
        """
        if self.settings.device.startswith("cuda:"):
            raise SuiteError(
                "Ray chooses the GPU of a cell", place=f"SUITE_DEVICE={self.settings.device}", next="--device cuda"
            )
        connect(self.settings, self.log)
        with question(self.settings) as asked:
            cluster = Cluster(self.settings, self.log, asked)
            cluster.wait()
            first = next(jobs, None)
            if first is None:
                return
            jobs = itertools.chain([first], jobs)
            if first.kind == "prepare" and not any(node.answer.shares for node in cluster.nodes.values()):
                self.log(
                    f"no node sees {self.settings.cache_folder}: what cells share is made here and sent to the nodes"
                )
                here = ProcessExecutor(self.settings, min(self.workers, cores()), self.log)
                here.libraries = self.libraries
                yield from here.execute(jobs)
            else:
                yield from _Courier(self, cluster, asked).run(jobs)


Kind = tuple[object, ...]
"""What jobs have in common that differ in their seed alone."""


def kind(job: Job) -> Kind:
    """Return of which kind a job is."""
    return job.kind, job.task, job.method, str(job.setting), str(job.parameters), str(job.partners)


class _Courier:
    """Sends jobs to the cluster and takes in what comes back."""

    def __init__(self, executor: RayExecutor, cluster: Cluster, asked: Question) -> None:
        self._executor = executor
        self._cluster = cluster
        self._asked = asked
        self._ray = required_library("ray")
        self._work = self._ray.remote(work)
        self._plugins = plugin_parts(executor.settings.plugins)
        self._sent: dict[str, Any] = {}  # artifacts, by name: what Ray gives their bytes for
        self._running: dict[Any, tuple[Job, Placed]] = {}
        self._quick: dict[Kind, bool] = {}  # whether the last one of its kind was

    def run(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        more = True
        try:
            while more or self._running:
                while more and self._has_room():
                    job = next(jobs, None)
                    more = job is not None
                    if job is not None:
                        self._send(job)
                done, _ = self._ray.wait(list(self._running), timeout=POLL_SECONDS) if self._running else ([], [])
                for reference in done:
                    yield self._taken_in(reference, *self._running.pop(reference))
                yield from self._cancelled()
                self._cluster.look()
                self._cluster.check()
                yield from self._stranded()
        finally:
            self._end(list(self._running))

    def _has_room(self) -> bool:
        """Tell whether another job can start at once, as Ray's other users allow, or soon.

        What waits for a node is claimed, and nobody else can take it: so it waits behind no job that may take long.
        """
        busy = sum(placed.cpus for _, placed in self._running.values())
        quick = self._running and all(self._quick.get(kind(job)) for job, _ in self._running.values())
        ahead = 2 if quick else 1
        return len(self._running) < ahead * self._executor.workers and busy < ahead * self._cluster.cpus

    def _send(self, job: Job) -> None:
        placed = place(job, self._cluster)
        parcel = Parcel(placed.job, self._asked, self._executor.libraries, self._plugins, self._artifacts(job))
        self._running[self._work.options(**placed.options).remote(parcel)] = job, placed

    def _artifacts(self, job: Job) -> dict[str, Any]:
        """Return what the cache has for a job, where a node does not see it."""
        if all(node.answer.shares for node in self._cluster.nodes.values()):
            return {}
        cache = Cache(self._executor.settings.cache_folder)
        names = artifacts_of(cache, job)
        for name in names:
            if name not in self._sent:
                self._sent[name] = self._ray.put((cache.folder / name).read_bytes())
        return {name: self._sent[name] for name in names}

    def _taken_in(self, reference: Any, job: Job, placed: Placed) -> JobExit:
        from suite.run.record import note_where  # with the database library, which no other command needs

        try:
            delivery: Delivery = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise SuiteError(
                f"the suite itself failed on a node: {error.cause!r}",
                place=str(job),
                next="find out whether it is the node: suite run --executor process",
            ) from error
        except self._ray.exceptions.RayError as error:
            return JobExit(job, "machine", f"its node or worker of Ray was lost: {_first_line(error)}")
        if delivery.reason == "no-space":
            self._cluster.refuse(delivery.node, f"the disk of node {delivery.host} is full: {delivery.detail}")
            return JobExit(job, "machine", f"the disk of node {delivery.host} was full")
        try:
            note_where(job.folder, {**delivery.made_on, "executor": {"name": "ray", "set aside": placed.set_aside}})
            _write(delivery.documents, job.folder)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return JobExit(job, "no-space", str(error))
            raise
        self._quick[kind(job)] = delivery.wall_seconds < QUICK_SECONDS
        for line in delivery.documents.get(LOG_FILE, b"").decode(errors="replace").splitlines():
            self._executor.log(f"{job}: {line}")
        return JobExit(job, delivery.reason, delivery.detail, delivery.wall_seconds, delivery.peak_memory_bytes)

    def _cancelled(self) -> Iterator[JobExit]:
        """End the jobs that somebody has asked to end."""
        asked = [each for each, (job, _) in self._running.items() if job.folder in self._executor.cancelled]
        for reference in asked:
            self._end([reference])
            yield JobExit(self._running.pop(reference)[0], "cancelled")

    def _stranded(self) -> Iterator[JobExit]:
        """Give up jobs of which every node is gone: Ray would wait for these."""
        for reference, (job, placed) in list(self._running.items()):
            if not placed.nodes & self._cluster.nodes.keys():
                self._end([reference])
                del self._running[reference]
                yield JobExit(job, "machine", "its node is gone")

    def _end(self, left: list[Any]) -> None:
        """End jobs: each node does by itself, which leaves no process; then by force."""
        for force in (False, True):
            with suppress(self._ray.exceptions.RayError, ValueError):
                for reference in left:
                    self._ray.cancel(reference, force=force)
                if left:
                    _, left = self._ray.wait(left, num_returns=len(left), timeout=END_SECONDS)


def _write(documents: dict[str, bytes], folder: Path) -> None:
    """Write documents into a job's folder, the result last: once it is there, the job has ended."""
    for name in sorted(documents, key=lambda each: each == RESULT_FILE):
        write_atomic(folder / name, partial(_fill, documents[name]), sync=False)  # a torn one is noticed, and run again


def _fill(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
