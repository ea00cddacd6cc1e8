"""The cluster: which one it is, which of its nodes run cells, and why others do not."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suite.errors import SuiteError
from suite.extras import required_library
from suite.files import write_text_atomic
from suite.run.executors.ray.code import code, differences
from suite.run.executors.ray.node import Answer, Question, answer
from suite.run.executors.ray.places import names_in
from suite.settings import Settings

ANSWER_SECONDS = 900.0
"""In which the first node has to say what it runs. Its first process imports the suite, and where several runners start
at once, a node starts their processes one after the other."""
TELL_SECONDS = 60.0
"""After which the user is told what is waited for."""
LOOK_SECONDS = 5.0
"""How often nodes that came or went are looked for."""


@dataclass
class Node:
    """A node that runs cells."""

    cpus: float
    memory: float  # GiB
    gpus: float
    answer: Answer


@dataclass
class Cluster:
    """The nodes of the cluster that Ray is connected to, as they come and go; each says what it runs, once."""

    settings: Settings
    log: Callable[[str], None]
    question: Question
    nodes: dict[str, Node] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    asked: dict[Any, str] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _looked: float = 0.0

    @property
    def cpus(self) -> float:
        """How many cores the nodes have that run cells."""
        return sum(node.cpus for node in self.nodes.values())

    def wait(self) -> None:
        """Wait until a node runs cells.

        Raises:
            SuiteError: none does, and why.
        """
        started, told = time.monotonic(), False
        while not self.nodes:
            self._looked = 0.0
            self.look(0.1)
            self.check()
            waited = time.monotonic() - started
            if not self.nodes and waited > ANSWER_SECONDS:
                raise SuiteError(
                    f"no node of the Ray cluster has said within {ANSWER_SECONDS:g} s what it runs",
                    place="suite run --executor ray",
                    next="ray status, which shows what else the nodes do; then: suite run --executor ray",
                )
            if not told and waited > TELL_SECONDS:
                told = True
                self.log("no node of the Ray cluster has said yet what it runs; each starts a process for that")
        self.look(1.0)  # the others have had about as long

    def check(self) -> None:
        """Check that there is a node that runs cells.

        Raises:
            SuiteError: there is none.
        """
        if not self.nodes and not self.asked:
            why = "; ".join(self.refused.values()) or "none is alive"
            raise SuiteError(
                f"the Ray cluster has no node that can run cells: {why}",
                place="suite run --executor ray",
                next="install the same code on every node (docs/cluster.md), then: suite run --executor ray",
            )

    def look(self, seconds: float = 0.0) -> None:
        """Ask nodes that came, forget those that went, and hear what was answered within some seconds."""
        ray = required_library("ray")
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self._looked = time.monotonic()
            alive = {each["NodeID"] for each in ray.nodes() if each["Alive"] and each["Resources"].get("CPU")}
            for gone in self.nodes.keys() - alive:
                self.log(f"node {self.nodes.pop(gone).answer.host} is gone; its cells run on the others")
            for came in alive - self._known:
                self._known.add(came)
                ask = ray.remote(answer).options(num_cpus=0, max_retries=0, label_selector=at([came]))
                self.asked[ask.remote(self.question)] = came
        answered, _ = (
            ray.wait(list(self.asked), num_returns=len(self.asked), timeout=seconds) if self.asked else ([], 0)
        )
        for each in answered:
            self._hear(self.asked.pop(each), each)

    def refuse(self, node: str, why: str) -> None:
        """Give a node no more cells."""
        if node in self.nodes:
            del self.nodes[node]
            self.refused[node] = why
            self.log(f"{why}; it gets no more cells")

    def _hear(self, node: str, reference: Any) -> None:
        ray = required_library("ray")
        found = next(each for each in ray.nodes() if each["NodeID"] == node)
        host = f"{found['NodeManagerHostname']} ({node[:8]})"
        try:
            said: Answer = ray.get(reference)
        except ray.exceptions.RayError as error:
            if found["Alive"]:
                said_why = str(getattr(error, "cause", None) or error).strip().splitlines()[-1]
                self.refused[node] = f"node {host} cannot say what it runs: {said_why}"
                self.log(self.refused[node])
            return
        wrong = [*differences(self.question.code, said.code), *said.lacks]
        if wrong:
            more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            self.refused[node] = f"node {host} has other code or data: {'; '.join(wrong[:3])}{more}"
            self.log(f"{self.refused[node]}; it gets no cells")
            return
        has = found["Resources"]
        self.nodes[node] = Node(has.get("CPU", 0.0), has.get("memory", 0.0) / 2**30, has.get("GPU", 0.0), said)


def at(nodes: list[str]) -> dict[str, str]:
    """Return the label selector of these nodes."""
    return {"ray.io/node-id": f"in({','.join(nodes)})"}


def connect(settings: Settings, log: Callable[[str], None] | None = None) -> None:
    """Connect to the cluster, once; without an address one is started on this machine, and ends with this process.

    Raises:
        SuiteError: there is no cluster at the address, or it has another version of Ray or Python.
    """
    ray = required_library("ray")
    address = settings.ray_address or os.environ.get("RAY_ADDRESS") or "local"
    if not ray.is_initialized():
        _connect(ray, address, settings.workers)
    if log is not None and ray.get_runtime_context().get_job_id() in _own:
        log(
            f"no Ray cluster is named: one runs on this machine, with {settings.workers} at once; RAY_ADDRESS names one"
        )


_own: set[str] = set()
"""Jobs of Ray's on clusters that this process has started."""


def _connect(ray: Any, address: str, workers: int) -> None:
    if address.startswith("ray://"):
        raise SuiteError(
            "this is an address for Ray's client. It loses the results of nodes that die",
            place=f"RAY_ADDRESS={address}",
            next="run suite on a node of the cluster, with RAY_ADDRESS=auto or HOST:6379",
        )
    own: dict[str, Any] = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
    host, _, port = address.rpartition(":")
    if port.isdigit():
        try:  # Ray itself tries for some minutes
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        except OSError as error:
            raise _not_connected(address, error) from None
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody without being asked for
    with _signals():
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False, **own)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise _not_connected(address, error) from None
    if own:
        _own.add(ray.get_runtime_context().get_job_id())


def _not_connected(address: str, error: Exception) -> SuiteError:
    return SuiteError(
        f"cannot connect to the Ray cluster: {error}",
        place=f"RAY_ADDRESS={address}",
        next="ray status --address HOST:6379",
    )


@contextmanager
def _signals() -> Iterator[None]:
    """Keep the handlers of signals: Ray takes SIGTERM, on which a run gives its cells back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)


@contextmanager
def question(settings: Settings) -> Iterator[Question]:
    """Return what each node is asked; a mark lies in the cache meanwhile, by which a node knows whether it sees it."""
    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    mark = settings.cache_folder / f".seen-{secrets.token_hex(8)}"
    write_text_atomic(mark, mark.name)
    folders = {"data": settings.data, "weights": settings.weights}
    names = {which: names_in(folder) for which, folder in folders.items() if folder is not None}
    try:
        yield Question(settings.model_copy(update={"database": None}), mark, names, code(settings))
    finally:
        Path(mark).unlink(missing_ok=True)
