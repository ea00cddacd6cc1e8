"""A Ray cluster of several nodes on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
QUICK = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 6}
"""A node that was killed is noticed within some seconds, and not in half a minute."""
EQUAL = {"worker_niceness": 0}
"""By itself Ray has its processes give way to all others: on a busy machine cells would hardly run."""


@contextmanager
def running(folder: Path, nodes: int = 2) -> Iterator[Any]:
    """A cluster of a head without cores and of so many nodes with one; this process is connected to it.

    The nodes have secrets in their environment, and a home of their own in the folder.
    """
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'basin-suite[ray]'")
    from ray.cluster_utils import Cluster

    head = {**NODE, "num_cpus": 0, "include_dashboard": False, "_system_config": {**QUICK, **EQUAL}}
    own = {"SUITE_HOME": str(folder / "home-of-nodes"), "SUITE_DATABASE": "postgresql://user:secret@host/store"}
    kept = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(nodes):
            cluster.add_node(**NODE)
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        with chdir(folder):  # which Ray has the processes of its nodes look for modules in
            ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def node_of(cluster: Any, pid: int) -> Any:
    """Return the node on which a process runs."""
    above = {parent.pid for parent in psutil.Process(pid).parents()}
    for node in cluster.list_all_nodes():
        if {each.process.pid for each in node.all_processes["raylet"]} & above:
            return node
    raise LookupError(f"process {pid} is on no node")
