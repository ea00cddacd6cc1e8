"""Where a job may run, and what is set aside for it there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from suite.contracts import Job
from suite.errors import SuiteError
from suite.run.executors.ray.cluster import Cluster, at

STEP = 1e-4
"""Ray counts GPUs in these parts."""


@dataclass(frozen=True)
class Placed:
    """A job with the device and the threads that it gets, the nodes where it may run, and what is asked of Ray."""

    job: Job
    nodes: frozenset[str]
    cpus: int
    memory: float  # GiB
    gpus: float | None

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of a task of Ray's."""
        return {
            "num_cpus": self.cpus,
            "memory": int(self.memory * 2**30),
            **({} if self.gpus is None else {"num_gpus": self.gpus}),
            "label_selector": at(sorted(self.nodes)),
            "max_retries": 0,
            "name": str(self.job),
        }

    @property
    def set_aside(self) -> dict[str, Any]:
        """Return what was set aside for it, as it is recorded."""
        return {"cpus": self.cpus, "memory": self.memory, **({} if self.gpus is None else {"gpus": self.gpus})}


def place(job: Job, cluster: Cluster) -> Placed:
    """Return where a job may run, with what.

    With the device ``auto`` cells run on GPUs if a node has some, as on one machine. Preparing goes to nodes that share
    the runner's cache.

    Raises:
        SuiteError: no node has what it needs.
    """
    needs, nodes = job.requirements, cluster.nodes
    if job.kind == "prepare":
        nodes = {name: node for name, node in nodes.items() if node.answer.shares}
    contained = job.split is not None and job.split.container is not None
    wanted = job.settings.device == "cuda" or any(node.gpus for node in nodes.values())
    gpu = wanted and job.settings.device != "cpu" and not contained
    fitting = {
        name: node
        for name, node in nodes.items()
        if node.cpus >= needs.cpus and node.memory >= needs.memory and (node.gpus or not gpu)
    }
    if not fitting:
        where = "sees the cache and has" if job.kind == "prepare" else "has"
        raise SuiteError(
            f"no node of the Ray cluster {where} the {needs.cpus} cores and {needs.memory:g} GiB"
            f"{' and the GPU' if gpu else ''} that a cell of {job.task} needs",
            place=", ".join(
                f"{node.answer.host}: {node.cpus:g} cores, {node.memory:.1f} GiB" for node in cluster.nodes.values()
            ),
            next="ray status; or run it without --executor ray",
        )
    cpus = int(min(max(needs.cpus, job.threads), max(node.cpus for node in fitting.values())))
    settings = job.settings.model_copy(update={"database": None, "device": "cuda" if gpu else "cpu"})
    share = gpu_share(needs.gpu_memory, fitting.values()) if gpu else None
    return Placed(replace(job, settings=settings, threads=cpus), frozenset(fitting), cpus, needs.memory, share)


def gpu_share(memory: float, nodes: Any) -> float:
    """Return the part of a GPU that so many GiB are, on the smallest one; all of it where its size is not known."""
    sizes = [size for node in nodes for size in node.answer.gpus]
    known = all(node.answer.gpus for node in nodes)
    return min(1.0, math.ceil(memory / min(sizes) / STEP) * STEP) if sizes and known else 1.0
