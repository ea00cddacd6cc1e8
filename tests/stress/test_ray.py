"""Several runners on one PostgreSQL and one Ray cluster of two nodes, of which one is killed: no double, no loss.

Run with: pytest tests/stress/test_ray.py -n 0 -s
CELLS and RUNNERS set the size.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import Bench
from nodes import NODE, running

from suite.store.reading import Reader

CELLS = int(os.environ.get("CELLS", "500"))
RUNNERS = int(os.environ.get("RUNNERS", "3"))


def test_500_cells_and_a_node_less(tmp_path: Path, postgres_server: Any) -> None:
    bench = Bench(tmp_path / "home")
    bench.home.mkdir()
    seeds = range(CELLS // 2)
    arguments = ["-m", "constant", "-m", "twin", *(word for seed in seeds for word in ("-s", str(seed)))]
    with running(tmp_path) as cluster:
        environment = {"RAY_ADDRESS": cluster.address, "SUITE_DATABASE": postgres_server.url}
        started, load = time.monotonic(), os.getloadavg()[0]
        runners = [bench.start(*arguments, "--executor", "ray", **environment) for _ in range(RUNNERS)]
        while sum(bench.evaluations().values()) < CELLS // 3:
            assert time.monotonic() < started + 900, "the runners do not get on"
            time.sleep(0.05)
        before = sum(bench.evaluations().values())
        victim = cluster.list_all_nodes()[-1]
        cluster.add_node(**NODE)
        cluster.remove_node(victim, allow_graceful=False)
        outputs = [runner.communicate(timeout=1800)[0] for runner in runners]
    seconds = time.monotonic() - started
    reader = Reader(postgres_server.url)
    runs = [reader.run(run.id) for run in reader.latest_runs()]
    reader.close()
    there = {(run.cell.method, run.cell.seed): [score.value for score in run.scores] for run in runs}
    evaluations = bench.evaluations()
    here = Bench(tmp_path / "here")
    here.home.mkdir()
    here.run("constant", "twin", seeds=tuple(seeds))
    twice = {cell: count for cell, count in evaluations.items() if count > 1}
    print(
        f"\n{RUNNERS} runners, {CELLS} cells, a node killed after {before}: {seconds:.0f} s at load {load:.1f}\n"
        f"states {dict(Counter(run.state for run in runs))}, cells with a run that counts {len(there)}, begun again "
        f"{sum(twice.values()) - len(twice)}\n"
        f"exit statuses {[runner.returncode for runner in runners]}"
    )
    assert {run.state for run in runs} == {"done"}, outputs
    assert len(there) == len(runs) == CELLS, "no loss, no double"
    assert there == {(f"fast/{m}", s): [x.value for x in r.scores] for (m, s), r in here.runs().items()}
    assert sum(evaluations.values()) - CELLS <= RUNNERS, "only what the node had under way was begun again"
    assert list((bench.home / "pending").iterdir()) == []
    assert {runner.returncode for runner in runners} <= {0, 3}, "3: cells were left to another runner"
