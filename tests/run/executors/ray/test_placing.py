"""What is set aside for a cell, and where: by what its task says that it needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from suite.contracts import Job, Loaded, Requirements, Split
from suite.errors import SuiteError
from suite.run.executors.ray.cluster import Cluster, Node
from suite.run.executors.ray.node import Answer, Question
from suite.run.executors.ray.placing import place
from suite.settings import Settings


def node(cpus: float = 4, memory: float = 8.0, gpus: tuple[float, ...] = (), shares: bool = True) -> Node:
    return Node(cpus, memory, len(gpus), Answer("host", {}, [], list(gpus), shares))


def cluster(**nodes: Node) -> Cluster:
    settings = Settings(database="postgresql://user:secret@host/store")
    return Cluster(settings, print, Question(settings, Path("mark"), {}, {}), nodes)


def job(device: str = "auto", **given: object) -> Job:
    settings = Settings(database="postgresql://user:secret@host/store", device=device)
    return replace(Job("evaluate", "a/task", 0, Path("folder"), settings, method="a/method"), **given)  # type: ignore[arg-type]


def test_a_cell_gets_a_core_and_a_gibibyte_unless_its_task_says_more() -> None:
    placed = place(job(), cluster(a=node(), b=node()))
    assert placed.set_aside == {"cpus": 1, "memory": 1.0}
    assert placed.options["label_selector"] == {"ray.io/node-id": "in(a,b)"}
    placed = place(job(requirements=Requirements(cpus=3, memory=2.5)), cluster(a=node(cpus=2), b=node()))
    assert placed.set_aside == {"cpus": 3, "memory": 2.5}
    assert placed.options["label_selector"] == {"ray.io/node-id": "in(b)"}


def test_threads_are_the_cores_that_are_set_aside_and_no_more_than_a_node_has() -> None:
    placed = place(job(threads=16), cluster(a=node(cpus=4)))
    assert (placed.job.threads, placed.options["num_cpus"]) == (4, 4)


def test_the_store_is_not_told_to_nodes() -> None:
    placed = place(job(), cluster(a=node()))
    assert placed.job.settings.database is None


@pytest.mark.parametrize(
    ("device", "gpus", "share"),
    [("auto", (80.0,), 0.05), ("cuda", (80.0, 40.0), 0.1), ("cpu", (80.0,), None), ("auto", (2.0,), 1.0)],
)
def test_cells_share_a_gpu_by_the_memory_that_they_need(
    device: str, gpus: tuple[float, ...], share: float | None
) -> None:
    placed = place(job(device), cluster(a=node(gpus=gpus)))
    assert placed.set_aside.get("gpus") == (None if share is None else pytest.approx(share))
    assert placed.job.settings.device == ("cpu" if share is None else "cuda")


def test_where_the_size_of_a_gpu_is_not_known_a_cell_gets_all_of_it() -> None:
    unknown = Node(4, 8.0, 1, Answer("host", {}, [], [], True))
    assert place(job(), cluster(a=unknown, b=node(gpus=(80.0,)))).set_aside["gpus"] == 1.0


def test_cells_that_use_a_gpu_go_to_nodes_that_have_one() -> None:
    placed = place(job(), cluster(a=node(), b=node(gpus=(80.0,))))
    assert placed.options["label_selector"] == {"ray.io/node-id": "in(b)"}


def test_a_cell_in_a_container_gets_no_gpu() -> None:
    split = Split(Loaded(), Loaded(), "00", frozenset(), "m:B", (), (), container="podman 5")
    placed = place(job(split=split), cluster(a=node(gpus=(80.0,))))
    assert "num_gpus" not in placed.options
    assert placed.job.settings.device == "cpu"


def test_preparing_goes_to_nodes_that_see_the_cache() -> None:
    placed = place(job(kind="prepare"), cluster(a=node(shares=False), b=node()))
    assert placed.options["label_selector"] == {"ray.io/node-id": "in(b)"}


@pytest.mark.parametrize("needs", [Requirements(cpus=5), Requirements(memory=9)])
def test_what_no_node_has_is_told_and_no_cell_is_blamed(needs: Requirements) -> None:
    with pytest.raises(SuiteError, match="that a cell of a/task needs") as caught:
        place(job(requirements=needs), cluster(a=node()))
    assert "4 cores, 8.0 GiB" in caught.value.place


def test_a_gpu_that_no_node_has_is_told() -> None:
    with pytest.raises(SuiteError, match="and the GPU"):
        place(job("cuda"), cluster(a=node()))


def test_requirements_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one core"):
        Requirements(cpus=0)
