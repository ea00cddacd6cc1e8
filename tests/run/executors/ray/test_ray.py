"""Cells on a cluster of two nodes on this machine: as on one machine, whatever becomes of a node."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, gone
from nodes import NODE, node_of

import suite
import suite.run.executors.ray as executor
from suite.run.executors.ray import node
from suite.run.executors.ray.node import Question
from suite.settings import Settings

pytestmark = pytest.mark.slow
ASSETS = Path(__file__).parents[3] / "assets"
SEEDS = tuple(range(4))
Beside = Callable[[Callable[[], object]], None]


@pytest.fixture
def shown(tmp_path: Path) -> Bench:
    """A bench with the cells that show where they ran."""
    home = tmp_path / "home"
    home.mkdir()
    return Bench(home, ASSETS / "cluster_plugin.py")


def scores(bench: Bench) -> dict[tuple[str, int], tuple[str, list[float]]]:
    return {key: (run.state, [score.value for score in run.scores]) for key, run in bench.runs().items()}


@pytest.fixture
def beside() -> Iterator[Beside]:
    """Do something in a thread, beside the run of this process; what it raises fails the test."""
    with ThreadPoolExecutor(1) as pool:
        begun: list[Future[object]] = []
        yield lambda action: begun.append(pool.submit(action))
        for each in begun:
            each.result()


def test_a_node_is_killed_and_scores_are_those_of_the_process_executor(
    cluster: Any, shown: Bench, beside: Beside, eventually: Callable[..., None]
) -> None:
    def kill_a_node() -> None:
        eventually(lambda: shown.pids("waiting.txt"), seconds=120)
        cluster.remove_node(node_of(cluster, *shown.pids("waiting.txt")), allow_graceful=False)

    beside(kill_a_node)
    assert shown.run("same", "waits", tasks=("shown/drawn",), seeds=SEEDS, executor="ray").states == {"done": 8}
    eventually(lambda: gone(*shown.pids("waiting.txt")))
    there = scores(shown)
    here = Bench(shown.home.parent / "here", shown.plugin)
    shutil.copytree(shown.home / "cache", here.home / "cache")
    (here.home / "waiting.txt").write_text("")
    here.run("same", "waits", tasks=("shown/drawn",), seeds=SEEDS)
    assert scores(here) == there
    assert list((shown.home / "pending").iterdir()) == []
    made = shown.runs()["shown/same", 0].environment
    assert made is not None
    assert made["executor"] == {"name": "ray", "set aside": {"cpus": 1, "memory": pytest.approx(0.1)}}
    assert made["machine"]["host"]


def test_a_node_with_other_code_gets_no_cells(cluster: Any, bench: Bench, tmp_path: Path) -> None:
    import ray

    root = Path(suite.__file__).parents[1]
    for package in ("suite", "plugins", "benchmarks"):
        shutil.copytree(root / package, tmp_path / "other" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "suite" / "text.py").open("a") as file:
        file.write("\n# edited\n")
    other = cluster.add_node(**NODE, env_vars={"PYTHONPATH": str(tmp_path / "other")})
    told: list[str] = []
    try:
        settings = bench.settings()
        with executor.question(settings) as asked:
            nodes = executor.Cluster(settings, told.append, asked)
            nodes.wait()
            while nodes.asked:
                nodes.look(1.0)
            assert other.node_id not in nodes.nodes
            assert nodes.nodes
            nodes.nodes.clear()
            with pytest.raises(
                suite.SuiteError, match=r"the Ray cluster has no node that can run cells.*the source of"
            ):
                nodes.check()
        assert "the source of basin-suite is" in told[0]
        assert ray.is_initialized()
    finally:
        cluster.remove_node(other)


def test_ctrl_c_ends_what_runs_on_the_nodes(
    cluster: Any, bench: Bench, beside: Beside, eventually: Callable[..., None]
) -> None:
    def interrupt() -> None:
        eventually(lambda: bench.pids("sleeping.txt"), seconds=120)
        interrupt_main()

    beside(interrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.run("sleeps", seeds=(0,), executor="ray")
    assert gone(*bench.pids("sleeping.txt"))
    assert {run.state for run in bench.all_runs()} == {"stale"}


def test_nodes_that_do_not_see_the_cache_are_sent_what_is_in_it(
    cluster: Any, shown: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = executor.question

    @contextmanager
    def unseen(settings: Settings) -> Iterator[Question]:
        with asking(settings) as asked:
            yield dataclasses.replace(asked, mark=Path("/nowhere/.seen"))

    monkeypatch.setattr(executor, "question", unseen)
    assert shown.run("same", tasks=("shown/drawn",), executor="ray").states == {"done": 2}
    there = scores(shown)
    assert shown.run("waits", tasks=("shown/drawn",), seeds=(1,), executor="process").states == {"done": 1}
    assert scores(shown)["shown/waits", 1] == there["shown/same", 1], "the runner's artifact, not another"


def test_a_process_stays_for_the_next_cells_when_other_runners_have_their_turn(cluster: Any, tmp_path: Path) -> None:
    import ray

    def stay() -> int:
        with node._staying():
            (tmp_path / str(os.getpid())).touch()
            deadline = time.monotonic() + 60
            while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            return os.getpid()

    alive = next(each["NodeID"] for each in ray.nodes() if each["Alive"] and each["Resources"].get("CPU"))
    half = ray.remote(stay).options(num_cpus=0.5, label_selector=executor.cluster.at([alive]))
    stayed = set(ray.get([half.remote() for _ in range(2)]))
    assert len(stayed) == 2, "two at once on a node with one core: one too many when both are idle"
    time.sleep(3)  # Ray ends it after one
    assert not any(gone(pid) for pid in stayed)


@pytest.mark.skipif(sys.platform != "linux", reason="hosts are confined on Linux alone")
def test_a_split_method_finds_no_secret_of_a_node(cluster: Any, bench: Bench) -> None:
    files = tuple(ASSETS / name for name in ("split_track.py", "split_methods.py", "telling_method.py"))
    bench.run("telling", "right", tasks=("guess/sign",), seeds=(0,), executor="ray", plugins=files)
    telling, right = bench.runs()["guess/telling", 0], bench.runs()["guess/right", 0]
    assert (telling.state, telling.error) == ("failed", "RuntimeError: found []")
    assert (right.state, [score.value for score in right.scores]) == ("done", [1.0])
    assert right.isolation is not None
    assert right.isolation["split"]
    assert "files" in right.isolation["confined"]
