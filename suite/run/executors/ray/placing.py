"""Where a job may run, and what is set aside for it there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from suite.contracts import Job
from suite.errors import SuiteError
from suite.run.executors.ray.cluster import Cluster, at

STEP = 1e-4
"""Ray counts GPUs in these parts."""


def place(job: Job, cluster: Cluster) -> tuple[Job, dict[str, Any]]:
    """Return a job with the device and the threads that it gets, and what Ray is asked for.

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
    if nodes and not fitting:
        raise SuiteError(
            f"no node of the Ray cluster has the {needs.cpus} cores and {needs.memory:g} GiB"
            f"{' and the GPU' if gpu else ''} that a cell of {job.task} needs",
            place=", ".join(
                f"{node.answer.host}: {node.cpus:g} cores, {node.memory:.1f} GiB" for node in nodes.values()
            ),
            next="ray status; or run it without --executor ray",
        )
    threads = int(min(max(needs.cpus, job.threads), max((node.cpus for node in fitting.values()), default=1)))
    shares = {"num_gpus": gpu_share(needs.gpu_memory, fitting.values())} if gpu else {}
    settings = job.settings.model_copy(update={"database": None, "device": "cuda" if gpu else "cpu"})
    options = {"num_cpus": threads, "memory": int(needs.memory * 2**30), **shares}
    return replace(job, settings=settings, threads=threads), {
        **options,
        "label_selector": at(list(fitting)),
        "max_retries": 0,
        "name": str(job),
    }


def gpu_share(memory: float, nodes: Any) -> float:
    """Return the part of a GPU that so many GiB are, on the smallest one; all of it where its size is not known."""
    sizes = [size for node in nodes for size in node.answer.gpus]
    known = all(node.answer.gpus for node in nodes)
    return min(1.0, math.ceil(memory / min(sizes) / STEP) * STEP) if sizes and known else 1.0


def set_aside(options: dict[str, Any]) -> dict[str, Any]:
    """Return what was set aside for a job, as it is recorded."""
    return {
        "cpus": options["num_cpus"],
        "memory": options["memory"] / 2**30,
        **({"gpus": options["num_gpus"]} if "num_gpus" in options else {}),
    }
